//go:build e2e

package e2e_test

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// reading is what a long run takes of the machine at one moment.
type reading struct {
	at    time.Time
	value [gauges]float64
}

// What is read.
const (
	gaugeRSS = iota
	gaugeGoroutines
	gaugeDescriptors
	gaugeDisk
	gauges
)

// tolerance is what a gauge may have grown by over the measured time and still be called flat: a share of its median, and a floor for what
// is small. Neither is reached by what breathes; one descriptor that leaks with each fault passes both within half an hour.
type tolerance struct {
	name  string
	unit  float64
	share float64
	floor float64
}

var tolerances = [gauges]tolerance{
	gaugeRSS:         {"RSS, MiB", 1 << 20, 0.10, 4},
	gaugeGoroutines:  {"goroutines", 1, 0.10, 4},
	gaugeDescriptors: {"descriptors", 1, 0.10, 4},
	gaugeDisk:        {"disk, MiB", 1 << 20, 0.10, 4},
}

// trend is one gauge's way over a run.
type trend struct {
	tolerance
	first, last, median, highest float64
	growth                       float64 // over the measured time, by the median of all slopes (Theil and Sen): peaks do not move it
	allowed                      float64
}

func (r trend) flat() bool { return r.growth <= r.allowed }

func (r trend) String() string {
	return fmt.Sprintf("%-12s first %7.1f, last %7.1f, median %7.1f, highest %7.1f; grew by %+.2f, %.2f allowed", r.name, r.first, r.last, r.median, r.highest, r.growth, r.allowed)
}

func trends(all []reading) []trend {
	list := make([]trend, gauges)
	for g := range list {
		values := make([]float64, len(all))
		for i, r := range all {
			values[i] = r.value[g] / tolerances[g].unit
		}
		var slopes []float64
		for i := range all {
			for j := i + 1; j < len(all); j++ {
				if dt := all[j].at.Sub(all[i].at).Seconds(); dt > 0 {
					slopes = append(slopes, (values[j]-values[i])/dt)
				}
			}
		}
		t := trend{tolerance: tolerances[g], first: values[0], last: values[len(values)-1], highest: slices.Max(values), median: middle(values)}
		t.growth = middle(slopes) * all[len(all)-1].at.Sub(all[0].at).Seconds()
		t.allowed = math.Max(t.share*t.median, t.floor)
		list[g] = t
	}
	return list
}

func middle(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN() // no reading is flat
	}
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// read takes a reading of the running agent. What is promised to be kept for ever, the label log, is left out of the disk.
func (l *line) read() (reading, error) {
	r := reading{at: time.Now()}
	all, err := metrics(l.url)
	if err != nil {
		return r, err
	}
	for g, name := range map[int]string{gaugeRSS: "process_resident_memory_bytes", gaugeGoroutines: "go_goroutines"} {
		v, ok := all[name]
		if !ok {
			return r, fmt.Errorf("no metric %s", name)
		}
		r.value[g] = v
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", l.cmd.Process.Pid))
	if err != nil {
		return r, err
	}
	r.value[gaugeDescriptors] = float64(len(files))
	bytes, err := used(l.data, "labels.log")
	r.value[gaugeDisk] = float64(bytes)
	return r, err
}

// used is the length of all files below the folder but those of the name.
func used(folder, but string) (bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == but {
			return skipGone(err)
		}
		info, err := e.Info()
		if err == nil {
			bytes += info.Size()
		}
		return skipGone(err)
	})
	return bytes, err
}
