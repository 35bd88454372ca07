//go:build e2e

package e2e_test

import (
	"cmp"
	enc "encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/template"
	"time"
)

// line is the agent on real peers.
type line struct {
	*process
	t      *testing.T
	plc    *plc
	broker *broker
	bucket *bucket
	dir    string // configuration and drop folder
	data   string
	config string
	url    string
	budget string   // of each class of data
	run    string   // the program
	env    []string // and its environment
}

const plantConfig = `gateway: {id: gw-e2e, site: plant-1, line: line-1}
data: {dir: {{.Data}}, images: {{.Budget}}, windows: {{.Budget}}, series: {{.Budget}}, keep_free: 16MiB}
web:
  listen: 127.0.0.1:{{.Port}}
  ingest: {token: e2e-ingest-token}
assets:
  - {id: rig, name: Water rig, before: 10s, after: 3s, max_duration: 20s}
tags:
{{- range .Rig}}
  - {id: "{{.Tag}}", asset: rig, rules: [{{.Rule}}]}
{{- end}}
  - {id: plc.count, rules: []}
  - {id: plc.bare, rules: []}
  - {id: plc.bad, rules: []}
  - {id: plc.gone, rules: []}
  - {id: plc.batch, kind: number, rules: []}
  - {id: mqtt.count, rules: []}
  - {id: mqtt.level, asset: rig, rules: [{limit: {h: 80}}]}
opcua:
  - name: plc
    endpoint: opc.tcp://127.0.0.1:{{.PLC}}/line1
    security: {policy: Basic256Sha256, mode: SignAndEncrypt}
    user: agent
    password: s3cret
    publish: 250ms
    sampling: 50ms
    heartbeat: 5s
    nodes:
{{- range .Rig}}
      - {tag: "{{.Tag}}", node: "ns=1;s={{.Node}}"}
{{- end}}
      - {tag: plc.count, node: "ns=1;s=V000", sampling: 10ms}
      - {tag: plc.bare, node: "ns=1;s=V002", sampling: 10ms}
      - {tag: plc.bad, node: "ns=1;s=V010"}
      - {tag: plc.gone, node: "ns=1;s=NoSuchNode"}
      - {tag: plc.batch, node: "ns=1;s=Batch"}
mqtt:
  - name: broker
    url: ssl://127.0.0.1:{{.Broker}}
    user: agent
    password: s3cret
    tls: {ca: {{.BrokerCA}}}
    topics:
      - {filter: line/count, payload: json, tag: mqtt.count, value: v, time: t}
      - {filter: line/level, payload: json, tag: mqtt.level, value: v, time: t}
cameras:
  - {name: board, asset: rig, mm_per_px: 0.0208, select: all, before: 2s, after: 1s, folder: {dir: {{.Dir}}/drop, pattern: "{part}_{result}.jpg", settle: 200ms, poll: 500ms}}
  - {name: push, select: all}
sync:
  targets:
    - {name: centre, url: "{{.Bucket}}", access_key: {{.Access}}, secret_key: {{.Secret}}, ca: {{.BucketCA}}, linger: 500ms}
`

const plentyRoom = "1GiB" // nothing is evicted

// startLine starts the peers and the agent, with one person called anna / anna-password.
func startLine(t *testing.T) *line {
	t.Helper()
	dir := t.TempDir()
	l := &line{t: t, dir: dir, data: filepath.Join(dir, "data"), budget: plentyRoom, run: binary(t)}
	l.startPlant()
	return l
}

func (l *line) startPlant() {
	t := l.t
	t.Helper()
	skab := filepath.Join(shared(), "data", "skab", "dev", "valve2", "0.csv")
	need(t, "recordings in "+shared(), exists(skab))
	l.broker, l.bucket = startBroker(t), startBucket(t)
	l.plc = startPLC(t, "--no-none", "--csv", skab, "--delimiter", ";", "--skip", "anomaly,changepoint", "--rate", "20")
	port := freePort(t)
	l.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	var text strings.Builder
	err := template.Must(template.New("plant").Parse(plantConfig)).Execute(&text, map[string]any{
		"Dir": l.dir, "Data": l.data, "Budget": l.budget, "Port": port, "PLC": l.plc.port, "Broker": l.broker.port, "BrokerCA": l.broker.cert,
		"Bucket": l.bucket.url(), "BucketCA": l.bucket.cert, "Access": accessKey, "Secret": secretKey, "Rig": rigNodes(t, skab),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.config = write(t, filepath.Join(l.dir, "edgelabel.yaml"), text.String())
	if err := os.MkdirAll(filepath.Join(l.dir, "drop"), 0o700); err != nil {
		t.Fatal(err)
	}
	password := write(t, filepath.Join(l.dir, "password"), "anna-password\n")
	if out, err := command(t, nil, binary(t), "user", "add", "anna", "--name", "Anna", "-d", l.data, "--password-file", password); err != nil {
		t.Fatalf("user add: %v\n%s", err, out)
	}
	if out, err := command(t, nil, binary(t), "check", "-c", l.config); err != nil {
		t.Fatalf("check: %v\n%s", err, out)
	}
	l.start()
}

type rigNode struct{ Tag, Node, Rule string }

// rigRules are what somebody who knows the rig would set; the other signals are watched for outliers.
var rigRules = map[string]string{
	"Accelerometer1RMS": "{refractory: 20s, limit: {h: 0.03}}",
	"Temperature":       "{refractory: 20s, limit: {l: 66, deadband: 0.5}}",
}

const rigDefault = "{refractory: 20s, robust_z: {threshold: 8, samples: 200}}"

func rigNodes(t *testing.T, csv string) []rigNode {
	t.Helper()
	b, err := os.ReadFile(csv)
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(b), "\n")
	var nodes []rigNode
	for _, column := range strings.Split(strings.TrimSpace(head), ";")[1:9] {
		nodes = append(nodes, rigNode{Tag: "rig." + strings.ReplaceAll(column, " ", "_"), Node: "Rig." + column, Rule: cmp.Or(rigRules[column], rigDefault)})
	}
	return nodes
}

func (l *line) start() {
	l.process = start(l.t, "edgelabel", l.env, l.run, "run", "-c", l.config)
	l.expect(l.t, `ready (\S+)`, 30*time.Second)
}

// crash kills the agent without warning and starts it again.
func (l *line) crash() {
	l.stop(syscall.SIGKILL)
	l.start()
}

func (l *line) metrics() map[string]float64 {
	l.t.Helper()
	all, err := metrics(l.url)
	if err != nil {
		l.t.Fatal(err)
	}
	return all
}

// up waits until the source delivers.
func (l *line) up(source string, within time.Duration) {
	l.t.Helper()
	eventually(l.t, within, source+" is up", func() error {
		all, err := metrics(l.url)
		if err != nil {
			return err
		}
		if sum(all, "edgelabel_source_up", `"`+source+`"`) != 1 {
			return fmt.Errorf("source_up is not 1")
		}
		return nil
	})
}

// push sends an image over HTTP and returns whether it was acknowledged.
func (l *line) push(name string, data []byte) error { return l.pushTo("push", name, data) }

func (l *line) pushTo(camera, name string, data []byte) error {
	req, err := http.NewRequest(http.MethodPost, l.url+"/ingest/v1/images?"+url.Values{"camera": {camera}, "name": {name}, "part": {name}}.Encode(), strings.NewReader(string(data)))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer e2e-ingest-token")
	req.Header.Set("Content-Type", "application/octet-stream")
	res, err := (&http.Client{Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", res.Status, b)
	}
	return nil
}

// verify runs edgelabel verify on the bucket and returns what it printed.
func (l *line) verify() (string, error) {
	env := []string{"EDGELABEL_S3_ACCESS_KEY=" + accessKey, "EDGELABEL_S3_SECRET_KEY=" + secretKey}
	return command(l.t, env, binary(l.t), "verify", "--ca", l.bucket.cert, l.bucket.url())
}

// trace is one signal's exact samples as the page gets them.
type trace struct {
	t []int64 // ns
	v []float64
	q []byte
}

type gap struct {
	Source, Tag, Reason string
	From, To            int64
}

// samples reads a signal between two moments, exactly, in pieces small enough that nothing is reduced.
func (l *line) samples(c *client, tag string, from, to time.Time) (trace, []gap) {
	l.t.Helper()
	var all trace
	var gaps []gap
	for at := from; at.Before(to); at = at.Add(20 * time.Second) {
		end := at.Add(20 * time.Second)
		if end.After(to) {
			end = to
		}
		q := url.Values{"tags": {tag}, "from": {fmt.Sprint(at.UnixNano())}, "to": {fmt.Sprint(end.UnixNano())}, "n": {"2000"}}
		res, err := c.http.Get(c.base + "/api/v1/series?" + q.Encode())
		if err != nil {
			l.t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			l.t.Fatalf("series: %s %v: %s", res.Status, err, b)
		}
		piece, holes := decodeSeries(l.t, b)
		all.t, all.v, all.q = append(all.t, piece.t...), append(all.v, piece.v...), append(all.q, piece.q...)
		gaps = append(gaps, holes...)
	}
	return all, gaps
}

func decodeSeries(t *testing.T, b []byte) (trace, []gap) {
	t.Helper()
	if len(b) < 8 || string(b[:4]) != "ELS1" {
		t.Fatalf("not a series: %.40q", b)
	}
	n := int(enc.LittleEndian.Uint32(b[4:]))
	var head struct {
		From   int64
		Traces []struct {
			Kind string
			N    int
		}
		Gaps []gap
	}
	if err := json.Unmarshal(b[8:8+n], &head); err != nil {
		t.Fatal(err)
	}
	var out trace
	if len(head.Traces) == 0 {
		return out, head.Gaps
	}
	one := head.Traces[0]
	if one.Kind != "samples" {
		t.Fatalf("the series was reduced to %s", one.Kind)
	}
	columns := b[8+n:]
	for i := range one.N {
		ms := math.Float64frombits(enc.LittleEndian.Uint64(columns[8*i:]))
		out.t = append(out.t, head.From+int64(math.Round(ms*1e6)))
		out.v = append(out.v, math.Float64frombits(enc.LittleEndian.Uint64(columns[8*(one.N+i):])))
		out.q = append(out.q, columns[16*one.N+i])
	}
	return out, head.Gaps
}
