package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"text/template"
	"time"

	"edgelabel/configs"
)

// Line is the whole simulated line.
type Line struct {
	broker   *Broker
	plc      *PLC
	press    *Press
	camera   *Camera
	password string
	token    string
	log      *slog.Logger
}

const (
	user       = "agent"
	cameraName = "cam-top"
	upload     = 5 * time.Second // the longest that the camera waits for an answer
	waiting    = 8               // pictures that wait for the agent; the oldest goes first
)

// NewLine reserves its ports and makes its secrets; nothing runs yet. The same seed gives the same day at the press.
func NewLine(began time.Time, seed uint64, log *slog.Logger) (*Line, error) {
	l := &Line{password: random(), token: random(), log: log, press: NewPress(began, seed), camera: NewCamera(seed)}
	var err error
	if l.broker, err = NewBroker(user, l.password); err != nil {
		return nil, err
	}
	if l.plc, err = NewPLC(); err != nil {
		return nil, err
	}
	return l, nil
}

func random() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// Config is the agent's configuration for this line.
func (l *Line) Config(dir, listen, bucket string) ([]byte, error) {
	t, err := template.New("demo.yaml").Option("missingkey=error").Parse(configs.Demo)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]string{
		"Data": dir, "Listen": listen, "Bucket": (&url.URL{Scheme: "file", Path: bucket}).String(),
		"OPCUA": l.plc.URL(), "MQTT": l.broker.URL(), "Token": l.token, "Password": l.password,
		"Good": filepath.Join(dir, "good"),
	})
	return out.Bytes(), err
}

// Run works until ctx ends. page is where the agent answers, such as http://127.0.0.1:8080.
func (l *Line) Run(ctx context.Context, page string) error {
	if err := l.broker.Serve(); err != nil {
		return fmt.Errorf("demo broker: %w", err)
	}
	defer l.broker.Close()
	if err := l.plc.Serve(ctx); err != nil {
		return fmt.Errorf("demo PLC: %w", err)
	}
	defer l.plc.Close()
	parts := make(chan Part, waiting)
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.shoot(ctx, page, parts)
	}()
	err := l.drive(ctx, parts)
	close(parts)
	<-done
	return err
}

// drive moves the press in real time.
func (l *Line) drive(ctx context.Context, parts chan Part) error {
	tick := time.NewTicker(Step)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		r := l.press.Next()
		l.plc.Write(r)
		if n%20 == 0 {
			l.plc.Beat()
		}
		if n%2 == 0 {
			if err := l.broker.Publish(r, n%20 == 0); err != nil {
				return fmt.Errorf("demo broker: %w", err)
			}
		}
		if r.Ejected != nil {
			offer(parts, *r.Ejected)
		}
	}
}

// offer hands a part to the camera; a camera that lags loses its oldest.
func offer(parts chan Part, p Part) {
	for {
		select {
		case parts <- p:
			return
		default:
		}
		select {
		case <-parts:
		default:
		}
	}
}

// shoot pictures every part and pushes the picture until the agent has acknowledged it.
func (l *Line) shoot(ctx context.Context, page string, parts <-chan Part) {
	for p := range parts {
		picture, err := l.camera.Shoot(p)
		if err != nil {
			l.log.Error("demo camera", "error", err)
			continue
		}
		result := l.camera.Judge(p)
		for ctx.Err() == nil {
			if err = l.push(ctx, page, p, result, picture); err == nil {
				break
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (l *Line) push(ctx context.Context, page string, p Part, result string, picture []byte) error {
	ctx, cancel := context.WithTimeout(ctx, upload)
	defer cancel()
	query := url.Values{
		"camera": {cameraName}, "part": {p.ID}, "product": {"BC-2047"}, "name": {p.ID + ".jpg"},
		"time": {p.Made.UTC().Format(time.RFC3339Nano)}, "result": {result},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, page+"/ingest/v1/images?"+query.Encode(), bytes.NewReader(picture))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "image/jpeg")
	request.Header.Set("Authorization", "Bearer "+l.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	if err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("push %s: %s: %s", p.ID, response.Status, answer)
	}
	return nil
}
