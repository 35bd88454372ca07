package replay_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
	"edgelabel/collectors/collectortest"
	"edgelabel/collectors/replay"
)

// tape is a recording that is played in a loop, and replaced as a whole by a longer one.
type tape struct {
	path string
	rows []string
}

func (p *tape) Start(t *testing.T) { p.write(t) }

func (p *tape) Stop(t *testing.T) {
	if err := os.Remove(p.path); err != nil {
		t.Fatal(err)
	}
}

func (p *tape) Send(t *testing.T, n int) {
	p.rows = append(p.rows, fmt.Sprintf("%.3f,%d", 1_700_000_000+float64(len(p.rows)+1)/1000, n))
	p.write(t)
}

func (p *tape) SendBad(t *testing.T) {
	p.rows = append(p.rows, "noon,1")
	p.write(t)
}

func (p *tape) Has(s *collectortest.Sink, n int) bool {
	return slices.ContainsFunc(s.All(), func(x series.Sample) bool { return x.Value == float64(n) })
}

func (p *tape) write(t *testing.T) {
	text := "time,a\n1700000000,0\n" + strings.Join(p.rows, "\n") + "\n"
	next := p.path + ".next"
	err := os.WriteFile(next, []byte(text), 0o600)
	if err == nil {
		err = os.Rename(next, p.path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		p := &tape{path: filepath.Join(t.TempDir(), "data.csv")}
		c, err := replay.New(replay.Config{Name: "rig", File: p.path, Speed: 1, Rebase: true, Loop: true})
		if err != nil {
			t.Fatal(err)
		}
		return c, p
	}, collectortest.Exempt{collectortest.RecordsGaps: "a recording is read from its beginning"})
}

func TestEmptyRecordingDoesNotSpin(t *testing.T) {
	c, err := replay.New(replay.Config{Name: "rig", File: file(t, "time,a\n"), Rebase: true, Loop: true})
	if err != nil {
		t.Fatal(err)
	}
	sink, status := collectortest.NewSink(), collectors.NewStatus("rig", time.Now)
	if err := c.Run(t.Context(), sink, status); err == nil || !strings.Contains(err.Error(), "no row") {
		t.Errorf("Run: %v", err)
	}
}
