package block_test

import (
	"encoding/hex"
	"errors"
	"math"
	"os"
	"reflect"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/store/block"
)

func codec(t testing.TB) *block.Codec {
	t.Helper()
	c, err := block.NewCodec()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var mixed = []series.Sample{
	{Tag: "a", Source: 1000, Receive: 1010, Value: 1.5},
	{Tag: "a", Source: 2000, Receive: 2010, Value: -2, Status: series.StatusBad},
	{Tag: "a", Source: 0, Receive: math.MaxInt64, Value: 3, Status: series.StatusBad},
	{Tag: "text", Receive: 5, Text: "夹具"},
	{Tag: "text", Receive: 6},
	{Tag: "wave", Source: -7, Receive: 7, Wave: []float64{1, 2, 3}},
	{Tag: "wave", Source: -8, Receive: 8},
	{Tag: "wave", Source: -9, Receive: 9, Wave: []float64{}},
}

func TestRoundTrip(t *testing.T) {
	c := codec(t)
	b := c.Append(nil, mixed)
	got, err := c.Decode(nil, b, nil)
	if err != nil || !reflect.DeepEqual(got, mixed) {
		t.Errorf("%v\n%+v\nwant\n%+v", err, got, mixed)
	}
	head, err := block.ReadHeader(b)
	if err != nil || head.First != -9 || head.Last != math.MaxInt64 || head.Samples != len(mixed) {
		t.Errorf("header %+v, %v", head, err)
	}
	got, err = c.Decode(nil, b, func(tag string) bool { return tag == "text" })
	if err != nil || !reflect.DeepEqual(got, mixed[3:5]) {
		t.Errorf("one tag: %+v, %v", got, err)
	}
}

func TestLargeBlockIsCompressed(t *testing.T) {
	c := codec(t)
	samples := make([]series.Sample, 8000)
	for i := range samples {
		samples[i] = series.Sample{Tag: "t", Source: int64(i) * 1e8, Receive: int64(i)*1e8 + 3e6, Value: 20 + float64(i%50)/10}
	}
	b := c.Append(nil, samples)
	if len(b) > 2*len(samples) {
		t.Errorf("%d bytes for %d samples", len(b), len(samples))
	}
	if got, err := c.Decode(nil, b, nil); err != nil || !reflect.DeepEqual(got, samples) {
		t.Errorf("%d samples, %v", len(got), err)
	}
}

// TestGolden holds the format to the bytes that FORMAT.md draws.
func TestGolden(t *testing.T) {
	got := hex.Dump(codec(t).Append(nil, mixed[:2]))
	want, err := os.ReadFile("testdata/block.golden")
	if err != nil || got != string(want) {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

func FuzzDecode(f *testing.F) {
	c := codec(f)
	f.Add(c.Append(nil, mixed))
	f.Add(c.Append(nil, mixed[:1]))
	f.Add(c.Append(nil, mixed[5:]))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := c.Decode(nil, b, nil)
		if err != nil {
			if !errors.Is(err, block.ErrDamaged) || got != nil {
				t.Fatalf("%d samples with %v", len(got), err)
			}
			return
		}
		if len(got) == 0 {
			return
		}
		again, err := c.Decode(nil, c.Append(nil, got), nil)
		if err != nil || len(again) != len(got) {
			t.Fatalf("%d samples, written and read again: %d, %v", len(got), len(again), err)
		}
	})
}
