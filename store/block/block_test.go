package block_test

import (
	"encoding/hex"
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
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
	got, err = c.Decode(nil, b, map[string]bool{"text": true})
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

// TestBlockOfBefore reads what was written before columns had kinds.
func TestBlockOfBefore(t *testing.T) {
	want, err := os.ReadFile("testdata/block1.golden")
	if err != nil {
		t.Fatal(err)
	}
	var b []byte
	for line := range strings.Lines(string(want)) {
		for _, field := range strings.Fields(line[10:58]) {
			c, err := hex.DecodeString(field)
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, c...)
		}
	}
	if got, err := codec(t).Decode(nil, b, nil); err != nil || !reflect.DeepEqual(got, mixed[:2]) {
		t.Errorf("%v\n%+v", err, got)
	}
}

// TestEveryKindOfColumn stores signals whose columns are written in each of the ways, to the last bit.
func TestEveryKindOfColumn(t *testing.T) {
	odd := []float64{math.NaN(), math.Inf(1), math.Copysign(0, -1), 1e300, 5e-324, math.MaxFloat64, 1 << 53}
	for name, value := range map[string]func(i int) float64{
		"decimals": func(i int) float64 { return float64(i%977) / 1000 },
		"mostly decimals": func(i int) float64 {
			if i%100 == 7 {
				return odd[i/100%len(odd)]
			}
			return -float64(i) / 10
		},
		"steps":   func(i int) float64 { return float64(i%4096) * 20 / 4096 },
		"float32": func(i int) float64 { return float64(float32(math.Sin(float64(i)))) },
		"float64": func(i int) float64 { return math.Sin(float64(i)) },
		"odd":     func(i int) float64 { return odd[i%len(odd)] },
		"stays":   func(int) float64 { return 7 },
	} {
		for _, tick := range []int64{1, 100, 1e3, 1e6, 1e9} {
			list := make([]series.Sample, 3000)
			for i := range list {
				at := (1_700_000_000 + int64(i*i%37)) * 1e9 / tick * tick
				list[i] = series.Sample{Tag: "t", Source: at + int64(i%3)*tick, Receive: at - int64(i), Value: value(i)}
			}
			c := codec(t)
			got, err := c.Decode(nil, c.Append(nil, list), nil)
			if err != nil || len(got) != len(list) {
				t.Fatalf("%s: %d samples, %v", name, len(got), err)
			}
			for i, x := range got {
				if x.Source != list[i].Source || x.Receive != list[i].Receive || math.Float64bits(x.Value) != math.Float64bits(list[i].Value) {
					t.Fatalf("%s, ticks of %d: sample %d is %+v, want %+v", name, tick, i, x, list[i])
				}
			}
			if none, err := c.Decode(nil, c.Append(nil, append(list, mixed...)), map[string]bool{"wave": true}); err != nil || len(none) != 3 {
				t.Fatalf("%s: %d samples of a tag behind it, %v", name, len(none), err)
			}
		}
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
