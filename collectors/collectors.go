// Package collectors brings samples and pictures into the agent. A Collector reads one source until it fails; Supervise starts it again
// and again; a Sink takes what it read.
//
//	OPC UA, MQTT, camera ─▶ Collector.Run ─▶ Sink ─▶ pipeline
//	                            ▲
//	                        Supervise: backoff, status, counters
package collectors

import (
	"context"

	"edgelabel/agent/series"
)

// Collector reads one source.
type Collector interface {
	// Name is the source's name in the configuration: unique, and the value of the metrics' source label.
	Name() string

	// Run connects, reads and hands everything to the sink until the source fails (an error that says what and where) or ctx ends (nil).
	// It calls status.Up once data can flow. It may be called again after it returned; nothing that it started outlives it.
	Run(ctx context.Context, sink Sink, status *Status) error
}

// Sink takes what collectors read. Its methods may be called from several goroutines at once.
type Sink interface {
	// Samples hands over samples in the order of their arrival; the sink owns the slice from then on. It blocks while the pipeline's
	// queue is full, which is how back-pressure reaches a source.
	//
	// When it returns nil, done (which may be nil) is called exactly once, from any goroutine; done must not block. It gets nil after the
	// samples are on disk, or an error when they could not be stored and the source should send them again. When Samples returns an
	// error nothing was taken and done is not called.
	Samples(ctx context.Context, batch []series.Sample, done func(error)) error

	// Image stores one picture and returns after it is on disk and indexed: only then may the source be told so. A picture that the
	// gateway already has (same camera, name and content) is reported as a duplicate, not as an error. An error that wraps ErrRejected
	// says that this picture can never be stored: acknowledge it, count it, go on.
	Image(ctx context.Context, p Picture) (Stored, error)

	// Gap records that data is missing. It returns after the record is on disk.
	Gap(ctx context.Context, g series.Gap) error
}

// Picture is one image as a source delivered it.
type Picture struct {
	Camera   string // name of the camera in the configuration
	Name     string // file name as the camera gave it, without folders
	Data     []byte // JPEG, PNG, BMP or TIFF, undecoded
	Taken    int64  // UTC ns, the camera's clock; 0 when unknown
	Received int64  // UTC ns, this gateway's clock
	Part     string // part or serial number, empty when unknown
	Product  string
	Recipe   string
	Job      string
	Result   string // the camera's own verdict: "ok", "not_ok" or empty
}

// Stored is the answer to a stored picture.
type Stored struct {
	SHA256    string // lower-case hex of the bytes
	Item      string // id of the item that shows it, empty when no rule chose it
	Duplicate bool
}
