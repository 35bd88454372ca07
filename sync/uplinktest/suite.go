// Package uplinktest holds the tests that every uplink.Target passes, and stand-ins for the two sides of a forwarder: targets that fail on
// purpose and an outbox in memory.
package uplinktest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"edgelabel/sync/uplink"
)

// Big is the size in bytes of the largest body of the suite.
const Big = 20 << 20

// TestTarget runs the shared suite against empty targets that open makes.
func TestTarget(t *testing.T, open func(t *testing.T) uplink.Target) {
	for _, c := range []struct {
		name string
		test func(*testing.T, uplink.Target)
	}{
		{"write once", writeOnce}, {"eight writers", eightWriters}, {"absent", absent}, {"list", list}, {"overwrite", overwrite},
		{"big body", bigBody}, {"empty body", emptyBody}, {"keys", keys}, {"broken promise", brokenPromise}, {"canceled", canceled},
		{"probe", probe},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// Sum is the SHA-256 of b in lower-case hex.
func Sum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(ctx context.Context, to uplink.Target, key string, body []byte) (bool, error) {
	return to.PutIfAbsent(ctx, key, bytes.NewReader(body), int64(len(body)), Sum(body))
}

// Read is the object's bytes.
func Read(t testing.TB, from uplink.Target, key string) []byte {
	t.Helper()
	r, err := from.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("get %s: %v", key, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return b
}

func mustPut(t *testing.T, to uplink.Target, key string, body []byte) {
	t.Helper()
	if existed, err := put(t.Context(), to, key, body); err != nil || existed {
		t.Fatalf("put %s: existed %v, error %v", key, existed, err)
	}
}

func writeOnce(t *testing.T, to uplink.Target) {
	mustPut(t, to, "v1/a.json", []byte("first"))
	if existed, err := put(t.Context(), to, "v1/a.json", []byte("second")); err != nil || !existed {
		t.Fatalf("second write: existed %v, error %v", existed, err)
	}
	if got := Read(t, to, "v1/a.json"); string(got) != "first" {
		t.Fatalf("the first write was replaced by %q", got)
	}
	checkHead(t, to, "v1/a.json", []byte("first"))
}

func checkHead(t *testing.T, to uplink.Target, key string, want []byte) {
	t.Helper()
	info, err := to.Head(t.Context(), key)
	if err != nil {
		t.Fatalf("head %s: %v", key, err)
	}
	if info.Key != key || info.Size != int64(len(want)) || info.SHA256 != "" && info.SHA256 != Sum(want) {
		t.Fatalf("head %s: %+v, want %d bytes with sha256 %s", key, info, len(want), Sum(want))
	}
	if info.SHA256 == "" && info.MD5 == "" {
		t.Logf("head %s: no checksum", key)
	}
}

func eightWriters(t *testing.T, to uplink.Target) {
	for round := range 4 {
		key := fmt.Sprintf("v1/race/%d", round)
		var wg sync.WaitGroup
		won := make([]bool, 8)
		errs := make([]error, 8)
		for i := range won {
			wg.Go(func() {
				var existed bool
				existed, errs[i] = put(t.Context(), to, key, fmt.Appendf(nil, "writer %d", i))
				won[i] = !existed && errs[i] == nil
			})
		}
		wg.Wait()
		got := string(Read(t, to, key))
		winners := 0
		for i := range won {
			if won[i] {
				winners++
				if want := fmt.Sprintf("writer %d", i); got != want {
					t.Errorf("%s: writer %d was told that it wrote, and %q stands there", key, i, got)
				}
			}
		}
		// A writer that was sent away with an error does not know whether it won; nobody may be told so twice.
		if failed := slices.ContainsFunc(errs, func(err error) bool { return err != nil }); winners > 1 || winners == 0 && !failed {
			t.Errorf("%s: %d winners, errors %v", key, winners, errs)
		}
	}
}

func absent(t *testing.T, to uplink.Target) {
	mustPut(t, to, "v1/dir/a", []byte("x"))
	for _, key := range []string{"v1/none", "v1/dir/none", "v1/dir", "v1/dir/a/b"} {
		if _, err := to.Head(t.Context(), key); !errors.Is(err, uplink.ErrNoObject) {
			t.Errorf("head %s: %v", key, err)
		}
		if r, err := to.Get(t.Context(), key); !errors.Is(err, uplink.ErrNoObject) {
			t.Errorf("get %s: %v", key, err)
			if err == nil {
				r.Close()
			}
		}
	}
	if got := listAll(t, to, "v1/nothing/"); len(got) != 0 {
		t.Errorf("list of nothing: %v", got)
	}
}

func listAll(t *testing.T, from uplink.Target, prefix string) (all []string) {
	t.Helper()
	err := from.List(t.Context(), prefix, func(i uplink.Info) bool {
		all = append(all, i.Key)
		return true
	})
	if err != nil {
		t.Fatalf("list %s: %v", prefix, err)
	}
	return all
}

func list(t *testing.T, to uplink.Target) {
	want := []string{"v1/l/a-1", "v1/l/a/1", "v1/l/a/2/x", "v1/l/a0", "v1/l/b", "v1/l/gw=1/c", "v1/l/gw=10/c", "v1/l/gw=2/c"}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(want)) {
		mustPut(t, to, want[i], []byte(want[i]))
	}
	mustPut(t, to, "v1/other/a", []byte("x"))
	if got := listAll(t, to, "v1/l/"); !slices.Equal(got, want) {
		t.Errorf("list: %v, want %v", got, want)
	}
	if got := listAll(t, to, "v1/l/gw=1/"); !slices.Equal(got, []string{"v1/l/gw=1/c"}) {
		t.Errorf("list of one folder: %v", got)
	}
	var first []uplink.Info
	err := to.List(t.Context(), "v1/l/", func(i uplink.Info) bool {
		first = append(first, i)
		return len(first) < 2
	})
	if err != nil || len(first) != 2 || first[1].Size != int64(len(want[1])) {
		t.Errorf("list that stops: %+v, error %v", first, err)
	}
}

func overwrite(t *testing.T, to uplink.Target) {
	for _, body := range []string{"one", "and a longer two", ""} {
		if err := to.Put(t.Context(), "v1/state/gw=a/reported.json", []byte(body)); err != nil {
			t.Fatal(err)
		}
		if got := Read(t, to, "v1/state/gw=a/reported.json"); string(got) != body {
			t.Fatalf("read %q, want %q", got, body)
		}
	}
}

func bigBody(t *testing.T, to uplink.Target) {
	body := make([]byte, Big)
	rand.NewChaCha8([32]byte{1}).Read(body)
	mustPut(t, to, "v1/big", body)
	checkHead(t, to, "v1/big", body)
	if got := Sum(Read(t, to, "v1/big")); got != Sum(body) {
		t.Fatalf("read back sha256 %s, want %s", got, Sum(body))
	}
}

func emptyBody(t *testing.T, to uplink.Target) {
	mustPut(t, to, "v1/empty", nil)
	checkHead(t, to, "v1/empty", nil)
}

func keys(t *testing.T, to uplink.Target) {
	for _, key := range []string{"v1/items/site=S 1/line=二号线/date=2026-01-02/gw-00000000000000000001-0123456789ab.jsonl.gz",
		"v1/items/site=a%2Fb/x+y", "v1/" + strings.Repeat("long/", 20) + "name"} {
		mustPut(t, to, key, []byte(key))
		if got := string(Read(t, to, key)); got != key {
			t.Errorf("read %q from %q", got, key)
		}
		if got := listAll(t, to, key); !slices.Equal(got, []string{key}) {
			t.Errorf("list of %q: %q", key, got)
		}
	}
}

// brokenPromise sends bytes that are not those of the hash: the target may refuse them, or keep them and tell the truth afterwards.
func brokenPromise(t *testing.T, to uplink.Target) {
	_, err := to.PutIfAbsent(t.Context(), "v1/lie", strings.NewReader("mangled"), 7, Sum([]byte("correct")))
	info, headErr := to.Head(t.Context(), "v1/lie")
	if err != nil && errors.Is(headErr, uplink.ErrNoObject) {
		return
	}
	if headErr != nil || info.SHA256 == Sum([]byte("correct")) {
		t.Fatalf("put: %v, head: %+v, %v", err, info, headErr)
	}
}

func canceled(t *testing.T, to uplink.Target) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := put(ctx, to, "v1/late", []byte("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if err := to.List(ctx, "v1/", func(uplink.Info) bool { return true }); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v", err)
	}
}

func probe(t *testing.T, to uplink.Target) {
	for range 2 {
		c, err := uplink.Probe(t.Context(), to, "gw 1")
		if err != nil || !c.Exclusive {
			t.Fatalf("%+v, error %v", c, err)
		}
	}
}
