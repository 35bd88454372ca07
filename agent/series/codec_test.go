package series_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"testing"

	"edgelabel/agent/series"
)

// random is a window of any kind of content; the same seed gives the same.
func random(seed uint64) *series.Window {
	rnd := rand.New(rand.NewPCG(seed, 1))
	w := &series.Window{From: rnd.Int64(), To: -rnd.Int64()}
	values := []float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}
	for range rnd.IntN(4) {
		t := series.Trace{Tag: "压力", Name: string(rune('a' + rnd.IntN(26))), Unit: "°C"}
		n := rnd.IntN(300)
		at := rnd.Int64N(1 << 60)
		t.T, t.V, t.Status = make([]int64, n), make([]float64, n), make([]uint32, n)
		for i := range n {
			at += rnd.Int64N(1<<40) - 1<<30 // now and then back in time
			t.T[i], t.V[i] = at, rnd.NormFloat64()
			if rnd.IntN(5) == 0 {
				t.V[i] = values[rnd.IntN(len(values))]
			}
			if rnd.IntN(10) == 0 {
				t.Status[i] = rnd.Uint32()
			}
		}
		w.Traces = append(w.Traces, t)
	}
	for range rnd.IntN(3) {
		w.Gaps = append(w.Gaps, series.Gap{Source: "plc", Tag: "x", From: rnd.Int64(), To: rnd.Int64(), Reason: series.GapSilent, Detail: "ü\x00"})
	}
	return w
}

// same compares bit by bit, so that NaN equals itself and -0 is not 0.
func same(a, b *series.Window) bool {
	if a.From != b.From || a.To != b.To || len(a.Traces) != len(b.Traces) || len(a.Gaps) != len(b.Gaps) {
		return false
	}
	for i := range a.Gaps {
		if a.Gaps[i] != b.Gaps[i] {
			return false
		}
	}
	for i := range a.Traces {
		x, y := a.Traces[i], b.Traces[i]
		if x.Tag != y.Tag || x.Name != y.Name || x.Unit != y.Unit || len(x.T) != len(y.T) || len(x.V) != len(y.V) || len(x.Status) != len(y.Status) {
			return false
		}
		for k := range x.T {
			if x.T[k] != y.T[k] || math.Float64bits(x.V[k]) != math.Float64bits(y.V[k]) || x.Status[k] != y.Status[k] {
				return false
			}
		}
	}
	return true
}

func TestWindowComesBackAsItWas(t *testing.T) {
	for seed := range uint64(50) {
		w := random(seed)
		b, err := series.EncodeWindow(w)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		back, err := series.DecodeWindow(b)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !same(w, back) {
			t.Fatalf("seed %d: came back as another", seed)
		}
		again, err := series.EncodeWindow(back)
		if err != nil || !bytes.Equal(b, again) {
			t.Fatalf("seed %d: encodes to other bytes the second time: %v", seed, err)
		}
	}
}

func TestSteadySignalsAreSmall(t *testing.T) {
	tr := series.Trace{Tag: "x"}
	for i := range 10_000 {
		tr.T = append(tr.T, int64(i)*10_000_000)
		tr.V = append(tr.V, 20+math.Round(math.Sin(float64(i)/100)*10)/10)
		tr.Status = append(tr.Status, 0)
	}
	b, err := series.EncodeWindow(&series.Window{Traces: []series.Trace{tr}})
	if err != nil {
		t.Fatal(err)
	}
	if perSample := float64(len(b)) / 10_000; perSample > 1 {
		t.Errorf("%.2f bytes a sample, want at most 1", perSample)
	}
}

func TestEncodeRefusesUnevenColumns(t *testing.T) {
	_, err := series.EncodeWindow(&series.Window{Traces: []series.Trace{{Tag: "x", T: []int64{1}, V: []float64{1, 2}, Status: []uint32{0}}}})
	if err == nil {
		t.Error("no error")
	}
}

func TestEveryDamageIsFound(t *testing.T) {
	b, err := series.EncodeWindow(random(3))
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		broken := bytes.Clone(b)
		broken[i] ^= 0x10
		if _, err := series.DecodeWindow(broken); !errors.Is(err, series.ErrCorrupt) {
			t.Fatalf("byte %d turned: %v", i, err)
		}
		if _, err := series.DecodeWindow(b[:i]); !errors.Is(err, series.ErrCorrupt) {
			t.Fatalf("cut after %d bytes: %v", i, err)
		}
	}
}

func FuzzDecodeWindow(f *testing.F) {
	for seed := range uint64(5) {
		b, err := series.EncodeWindow(random(seed))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:len(b)-4])
	}
	f.Add([]byte("ELW1"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		// With a checksum that fits, or the fuzzer would never get past it.
		b := binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
		w, err := series.DecodeWindow(b)
		if err != nil {
			if !errors.Is(err, series.ErrCorrupt) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		again, err := series.EncodeWindow(w)
		if err != nil {
			t.Fatalf("encode: %v", err)
		}
		back, err := series.DecodeWindow(again)
		if err != nil || !same(w, back) {
			t.Fatalf("came back as another: %v", err)
		}
	})
}
