package file_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/sync/file"
	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTarget(t *testing.T) {
	for name, noLinks := range map[string]bool{"links": false, "no links": true} {
		t.Run(name, func(t *testing.T) {
			uplinktest.TestTarget(t, func(t *testing.T) uplink.Target {
				root := t.TempDir()
				t.Cleanup(func() { checkNoTemps(t, root) })
				return file.New(file.Config{Root: root, NoLinks: noLinks})
			})
		})
	}
}

func checkNoTemps(t *testing.T, root string) {
	left, err := os.ReadDir(filepath.Join(root, ".tmp"))
	if err != nil && !errors.Is(err, os.ErrNotExist) || len(left) > 0 {
		t.Errorf("temporary files left: %v, error %v", left, err)
	}
}

func TestKeysStayInside(t *testing.T) {
	outside := t.TempDir()
	root := filepath.Join(outside, "root")
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	to := file.New(file.Config{Root: root})
	for _, key := range []string{"", "..", "../a", "v1/../../a", "/etc/a", "v1//a", "v1/./a", "v1/a/", `v1\..\a`, "v1/a\x00b", ".tmp/a", "."} {
		_, err := to.PutIfAbsent(t.Context(), key, strings.NewReader("x"), 1, uplinktest.Sum([]byte("x")))
		if err == nil {
			t.Errorf("%q was written", key)
		}
		if _, err := to.Get(t.Context(), key); err == nil {
			t.Errorf("%q was read", key)
		}
	}
	if err := os.Symlink(outside, filepath.Join(root, "way-out")); err != nil {
		t.Fatal(err)
	}
	if err := to.Put(t.Context(), "way-out/a", []byte("x")); err == nil {
		t.Error("a symbolic link leads out")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 1 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}

func TestMissingRoot(t *testing.T) {
	root := filepath.Join(t.TempDir(), "unplugged")
	to := file.New(file.Config{Root: root})
	calls := map[string]error{
		"put":  to.Put(t.Context(), "v1/a", nil),
		"list": to.List(t.Context(), "v1/", func(uplink.Info) bool { return true }),
	}
	_, calls["putIfAbsent"] = to.PutIfAbsent(t.Context(), "v1/a", bytes.NewReader(nil), 0, uplinktest.Sum(nil))
	_, calls["head"] = to.Head(t.Context(), "v1/a")
	for call, err := range calls {
		if !errors.Is(err, file.ErrNoRoot) || !strings.Contains(err.Error(), root) {
			t.Errorf("%s: %v", call, err)
		}
	}
	if err := os.Mkdir(root, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := to.Put(t.Context(), "v1/a", nil); err != nil {
		t.Errorf("after it came back: %v", err)
	}
}

// full is a body that ends as a full disk does.
type full struct{ io.Seeker }

func (full) Read([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestFailedWriteLeavesNothing(t *testing.T) {
	root := t.TempDir()
	to := file.New(file.Config{Root: root})
	if _, err := to.PutIfAbsent(t.Context(), "v1/a", full{bytes.NewReader(nil)}, 1, uplinktest.Sum(nil)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("put: %v", err)
	}
	if _, err := to.Head(t.Context(), "v1/a"); !errors.Is(err, uplink.ErrNoObject) {
		t.Errorf("head: %v", err)
	}
	checkNoTemps(t, root)
}

func TestAbandonedFilesGo(t *testing.T) {
	root, now := t.TempDir(), time.Now()
	if err := os.Mkdir(filepath.Join(root, ".tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "of another writer": time.Hour} {
		name = filepath.Join(root, ".tmp", name)
		if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Chtimes(name, now, now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	to := file.New(file.Config{Root: root, Now: func() time.Time { return now }})
	if err := to.Put(t.Context(), "v1/a", nil); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(root, ".tmp"))
	if err != nil || len(left) != 1 || left[0].Name() != "of another writer" {
		t.Errorf("%v, %v", left, err)
	}
}

func TestFullDisk(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("cannot mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, 0); err != nil {
			t.Error(err)
		}
	})
	to := file.New(file.Config{Root: root})
	big := make([]byte, 1<<20)
	put := func(key string, b []byte) error {
		_, err := to.PutIfAbsent(context.Background(), key, bytes.NewReader(b), int64(len(b)), uplinktest.Sum(b))
		return err
	}
	if err := put("v1/big", big); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("big: %v", err)
	}
	checkNoTemps(t, root)
	if err := put("v1/small", big[:1000]); err != nil {
		t.Errorf("small, after the big one failed: %v", err)
	}
}

func TestParseTarget(t *testing.T) {
	for in, want := range map[string]string{"file:/mnt/nas": "/mnt/nas", "file:///mnt/nas/": "/mnt/nas", "file:bucket": "bucket",
		"file:/mnt/%E4%BA%8C": "/mnt/二", "file://localhost/a": "/a", "file:a%20b/c": "a b/c"} {
		if cfg, err := file.ParseTarget(in); err != nil || cfg.Root != want {
			t.Errorf("%s: %+v, %v", in, cfg, err)
		}
	}
	for _, in := range []string{"", "file:", "/mnt/nas", "s3://a/b", "file://server/share", "file:/a?b=c", "file:/a%zz"} {
		if cfg, err := file.ParseTarget(in); err == nil {
			t.Errorf("%q: %+v", in, cfg)
		}
	}
}

func FuzzParseTarget(f *testing.F) {
	for _, s := range []string{"file:/a", "file:a", "file://localhost/a%20b", "file:%zz", "s3://x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if cfg, err := file.ParseTarget(s); (err == nil) == (cfg.Root == "") {
			t.Errorf("%q: %+v, %v", s, cfg, err)
		}
	})
}
