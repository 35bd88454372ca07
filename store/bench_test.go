package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"edgelabel/agent/label"
	"edgelabel/agent/series"
	"edgelabel/store"
)

// BenchmarkAppend stores messages of 100 bytes of text, each an Append of its own, with so many unacknowledged at once as a broker allows.
func BenchmarkAppend(b *testing.B) {
	for _, window := range []int{1, 20, 1000} {
		b.Run(fmt.Sprintf("unacknowledged=%d", window), func(b *testing.B) {
			x := open(b, b.TempDir(), store.Options{})
			slots := make(chan error, window)
			for range window {
				slots <- nil
			}
			text := fmt.Sprintf("%0100d", 7)
			b.SetBytes(100)
			for i := 0; b.Loop(); i++ {
				if err := <-slots; err != nil {
					b.Fatal(err)
				}
				s := []series.Sample{{Tag: "line/1", Source: t0 + int64(i)*1e6, Receive: t0 + int64(i)*1e6, Text: text}}
				if err := x.Append(b.Context(), s, func(err error) { slots <- err }); err != nil {
					b.Fatal(err)
				}
			}
			for range window {
				<-slots
			}
			st := must(x.Stats(b.Context()))(b)
			b.ReportMetric(float64(st.Samples)/float64(st.Syncs), "samples/sync")
			b.ReportMetric(float64(st.Samples)/b.Elapsed().Seconds(), "samples/s")
		})
	}
}

// BenchmarkAppendNumbers stores batches of 100 numbers of 50 tags.
func BenchmarkAppendNumbers(b *testing.B) {
	x := open(b, b.TempDir(), store.Options{})
	slots := make(chan error, 20)
	for range cap(slots) {
		slots <- nil
	}
	for i := 0; b.Loop(); i++ {
		if err := <-slots; err != nil {
			b.Fatal(err)
		}
		batch := make([]series.Sample, 100)
		for k := range batch {
			at := t0 + int64(i*2+k/50)*1e8
			batch[k] = series.Sample{Tag: fmt.Sprintf("tag%d", k%50), Source: at, Receive: at + 3e6, Value: 20 + float64(i%37)*0.1}
		}
		if err := x.Append(b.Context(), batch, func(err error) { slots <- err }); err != nil {
			b.Fatal(err)
		}
	}
	for range cap(slots) {
		<-slots
	}
	st := must(x.Stats(b.Context()))(b)
	b.ReportMetric(float64(st.Samples)/b.Elapsed().Seconds(), "samples/s")
	b.ReportMetric(float64(st.Series.Bytes)/float64(st.Samples), "bytes/sample")
}

// BenchmarkImages stores pictures of 200 KB that no other has, from one camera and from ten, each answered when it is on disk, and says how
// many bytes went to the disk for each byte of them.
func BenchmarkImages(b *testing.B) {
	const size = 200_000
	for _, cameras := range []int{1, 10} {
		b.Run(fmt.Sprintf("cameras=%d", cameras), func(b *testing.B) {
			x := open(b, b.TempDir(), store.Options{})
			noise := make([]byte, size)
			for i := range noise {
				noise[i] = byte(rand.Uint32())
			}
			before := written(b)
			b.SetBytes(size)
			b.ResetTimer()
			var n atomic.Int64
			var all sync.WaitGroup
			for range cameras {
				all.Go(func() {
					data := bytes.Clone(noise)
					for k := n.Add(1); k <= int64(b.N); k = n.Add(1) {
						name := fmt.Sprintf("%012d", k)
						copy(data, name)
						if _, err := x.AddImage(b.Context(), label.Image{Camera: "c", Name: name}, data); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "images/s")
			b.ReportMetric(float64(written(b)-before)/float64(size*b.N), "written/byte")
		})
	}
}

func BenchmarkAddLabel(b *testing.B) {
	x := open(b, b.TempDir(), store.Options{Targets: []string{"s3"}})
	check(b, x.CreateItem(b.Context(), item(1)))
	for i := 0; b.Loop(); i++ {
		d := label.Draft{Verdict: label.OK, Parent: i}
		if _, err := x.AddLabel(b.Context(), newID(1), d, label.Person{ID: "li"}, fmt.Sprint(i)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQueueOf100k answers the usual page of open items among 100 000, and one that a filter thins out.
func BenchmarkQueueOf100k(b *testing.B) {
	x := open(b, b.TempDir(), store.Options{})
	const n = 100_000
	createAll(b, x.Store, n)
	for name, q := range map[string]label.Query{
		"open": {State: label.StateOpen, Newest: true}, "part": {Part: fmt.Sprint(n / 2)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if page := must(x.Items(b.Context(), q))(b); len(page.Rows) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
