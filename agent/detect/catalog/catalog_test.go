package catalog_test

import (
	"strings"
	"testing"
	"time"

	"edgelabel/agent/detect"
	"edgelabel/agent/detect/catalog"
	"edgelabel/agent/series"
)

func TestEveryKindHasADetector(t *testing.T) {
	high := 1.0
	for _, r := range []detect.Rule{
		{Kind: detect.Limit, H: &high}, {Kind: detect.Stuck, Period: time.Second}, {Kind: detect.Missing, Period: time.Second},
		{Kind: detect.Rate, PerSecond: 1}, {Kind: detect.RobustZ}, {Kind: detect.Novelty}, {Kind: detect.Shape}, {Kind: detect.Change},
	} {
		if d, err := catalog.New(series.Tag{ID: "x"}, r); err != nil || d == nil {
			t.Errorf("%s: %v", r.Kind, err)
		}
	}
	if _, err := catalog.New(series.Tag{ID: "x"}, detect.Rule{Kind: "magic"}); err == nil || !strings.Contains(err.Error(), `rule x.magic: kind: "magic"`) {
		t.Errorf("unknown kind: %v", err)
	}
}
