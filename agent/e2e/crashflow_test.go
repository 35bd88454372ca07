//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startFlow signs in and lets everything flow until stop.
func (l *crashLine) startFlow() {
	l.t.Helper()
	l.client = signIn(l.t, l.url, "anna", "anna-password")
	l.pub = newPublisher(l.t, l.broker, "line/count")
	l.pub.every = 20 * time.Millisecond
	level := newPublisher(l.t, l.broker, "line/level")
	ctx, cancel := context.WithCancel(context.Background())
	l.stopFlow = cancel
	for _, job := range []func(context.Context){
		l.pub.run, func(ctx context.Context) { swing(ctx, level) }, l.push, l.drop, l.upload, l.label,
	} {
		l.flow.Go(func() { job(ctx) })
	}
	looking, stop := context.WithCancel(context.Background())
	l.stopLooking = stop
	l.looking.Go(func() { l.look(looking) })
}

// swing sends a signal that passes its limit once in three seconds.
func swing(ctx context.Context, level *publisher) {
	for n := 0; ctx.Err() == nil; n++ {
		level.send(fmt.Appendf(nil, `{"v": %d, "t": %d}`, n%30*100/30, time.Now().UnixMilli()))
		pause(ctx, 100*time.Millisecond)
	}
}

// noise is a picture of about 100 KB that no other number has.
func noise(n uint64) []byte {
	m := image.NewGray(image.Rect(0, 0, 320, 320))
	r := rand.New(rand.NewPCG(n, 1))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&out, m); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func (l *crashLine) push(ctx context.Context) {
	for n := uint64(1); ctx.Err() == nil; n++ {
		name, picture := fmt.Sprintf("push-%06d.png", n), noise(n)
		for ctx.Err() == nil {
			if s, err := l.pushOne(name, picture); err == nil {
				l.mu.Lock()
				l.pushed[name] = s
				l.mu.Unlock()
				break
			}
			pause(ctx, 100*time.Millisecond)
		}
		pause(ctx, 100*time.Millisecond)
	}
}

func (l *crashLine) pushOne(name string, picture []byte) (s stored, err error) {
	q := url.Values{"camera": {"push"}, "name": {name}, "part": {name}}
	req, err := http.NewRequest(http.MethodPost, l.url+"/ingest/v1/images?"+q.Encode(), bytes.NewReader(picture))
	if err != nil {
		return s, err
	}
	req.Header.Set("Authorization", "Bearer e2e-ingest-token")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return s, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode/100 != 2 {
		err = errors.New(res.Status)
	}
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(b, &s)
}

func (l *crashLine) drop(ctx context.Context) {
	for n := uint64(1); ctx.Err() == nil; n++ {
		name, picture := fmt.Sprintf("drop-%06d.png", n), noise(n+1<<40)
		if err := os.WriteFile(filepath.Join(l.dir, "drop", name), picture, 0o600); err != nil {
			l.t.Errorf("drop: %v", err)
			return
		}
		l.mu.Lock()
		l.dropped[name] = stored{SHA256: sumOf(picture)}
		l.mu.Unlock()
		pause(ctx, 500*time.Millisecond)
	}
}

// upload lets curl push pictures over FTP. It ends well once the server has said 226.
func (l *crashLine) upload(ctx context.Context) {
	for n := uint64(1); ctx.Err() == nil; n++ {
		name, picture := fmt.Sprintf("ftp-%06d.png", n), noise(n+1<<41)
		path := filepath.Join(l.dir, "upload", name)
		if err := os.WriteFile(path, picture, 0o600); err != nil {
			l.t.Errorf("upload: %v", err)
			return
		}
		for ctx.Err() == nil {
			cmd := exec.CommandContext(ctx, "curl", "-sS", "--max-time", "10", "-T", path, fmt.Sprintf("ftp://gate:gate-password@127.0.0.1:%d/%s", l.ftp, name))
			if cmd.Run() == nil {
				l.mu.Lock()
				l.uploaded[name] = stored{SHA256: sumOf(picture)}
				l.mu.Unlock()
				break
			}
			pause(ctx, 100*time.Millisecond)
		}
		if err := os.Remove(path); err != nil {
			l.t.Errorf("upload: %v", err)
		}
		pause(ctx, 300*time.Millisecond)
	}
}

// label judges the oldest open item five times a second.
func (l *crashLine) label(ctx context.Context) {
	for n := 0; ctx.Err() == nil; pause(ctx, 200*time.Millisecond) {
		var page struct{ Items []struct{ ID string } }
		if l.client.get("/api/v1/items?state=open&order=oldest&limit=1", &page) != nil || len(page.Items) == 0 {
			continue
		}
		n++
		key := fmt.Sprintf("crash-label-%06d", n)
		draft := map[string]any{"verdict": "ok", "parent": 0, "taxonomy": 1, "input": "api", "comment": key}
		var made struct{ ID string }
		for ctx.Err() == nil {
			err := l.client.send(http.MethodPost, "/api/v1/items/"+page.Items[0].ID+"/labels", draft, http.Header{"Idempotency-Key": {key}}, &made)
			if err == nil {
				l.mu.Lock()
				l.labels[made.ID] = page.Items[0].ID
				l.mu.Unlock()
				break
			}
			if strings.Contains(err.Error(), ": 4") { // evicted meanwhile, or judged in a request that got no answer
				break
			}
			pause(ctx, 100*time.Millisecond)
		}
	}
}

// look keeps in mind which item shows which picture: when the item is evicted later, only its id is in the record. It goes on after the
// flow has ended, for the folder is worked off until then and room is made for it.
func (l *crashLine) look(ctx context.Context) {
	for ctx.Err() == nil {
		for _, camera := range []string{"board", "gate"} {
			items, err := l.items("/api/v1/items?camera="+camera+"&order=newest&limit=100", false)
			if err != nil {
				continue
			}
			l.mu.Lock()
			for _, it := range items {
				for _, im := range it.Images {
					l.seen[im.SHA256] = it.ID
				}
			}
			l.mu.Unlock()
		}
		pause(ctx, 200*time.Millisecond)
	}
}

type listed struct {
	ID     string
	Images []struct{ SHA256, Name string }
}

// items reads a listing, all its pages if asked.
func (l *crashLine) items(path string, all bool) (list []listed, err error) {
	for cursor := ""; ; {
		var page struct {
			Items []listed
			Next  string
		}
		if err := l.client.get(path+"&cursor="+url.QueryEscape(cursor), &page); err != nil {
			return nil, err
		}
		list = append(list, page.Items...)
		if cursor = page.Next; cursor == "" || !all {
			return list, nil
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
