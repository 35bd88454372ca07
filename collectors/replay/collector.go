package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"edgelabel/agent/series"
	"edgelabel/collectors"
)

const maxBatch = 1000 // samples

// Config describes a recording that is played back as if it came in now.
type Config struct {
	Name     string // the source's name
	File     string // see Reader
	Location *time.Location
	Speed    float64 // 2 is twice as fast as it was recorded; 0 is as fast as the sink takes it
	Rebase   bool    // shift all times so that the first row is now
	Loop     bool    // begin again at the end, which needs Rebase

	// Tag gives the tag of a column, and whether there is one; nil takes the column's name.
	Tag func(column string) (tag string, ok bool)
	Now func() time.Time
}

// Collector plays a recording. It implements collectors.Collector.
type Collector struct{ cfg Config }

var _ collectors.Collector = (*Collector)(nil)

// New checks the configuration. It does not open the file.
func New(cfg Config) (*Collector, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Tag == nil {
		cfg.Tag = func(column string) (string, bool) { return column, true }
	}
	switch {
	case cfg.Name == "" || cfg.File == "":
		return nil, errors.New("replay source: name and file are needed")
	case !(cfg.Speed >= 0):
		return nil, fmt.Errorf("replay source %q: speed %g: want 0 or above", cfg.Name, cfg.Speed)
	case cfg.Loop && !cfg.Rebase:
		return nil, fmt.Errorf("replay source %q: a loop needs its times shifted", cfg.Name)
	}
	return &Collector{cfg}, nil
}

// Name implements collectors.Collector.
func (c *Collector) Name() string { return c.cfg.Name }

// Run plays the file and then, unless it loops, waits for ctx to end. A row that cannot be read is counted and left out.
func (c *Collector) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	for {
		err := c.play(ctx, sink, status)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("replay %s: %w", c.cfg.File, err)
		}
		if !c.cfg.Loop {
			<-ctx.Done()
			return nil
		}
	}
}

// play is one pass through the file.
func (c *Collector) play(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	f, err := os.Open(c.cfg.File)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := NewReader(f, c.cfg.Location)
	if err != nil {
		return err
	}
	status.Up()
	p := pass{Collector: c, sink: sink, status: status, began: c.cfg.Now()}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p.end(ctx)
		}
		if bad, is := errors.AsType[*RowError](err); is {
			status.Reject("row")
			status.Problem("row", bad.Error())
			if len(row) == 0 {
				continue
			}
		} else if err != nil {
			return err
		}
		if err := p.add(ctx, row, r.Time()); err != nil {
			return err
		}
	}
}

// pass is one way through the file.
type pass struct {
	*Collector
	sink   collectors.Sink
	status *collectors.Status
	began  time.Time
	first  int64 // time of the first row, UTC ns; 0 before it
	batch  []series.Sample
}

func (p *pass) add(ctx context.Context, row []series.Sample, at int64) error {
	if p.first == 0 {
		p.first = at
	}
	if err := p.wait(ctx, at); err != nil {
		return err
	}
	for _, s := range row {
		tag, ok := p.cfg.Tag(s.Tag)
		if !ok {
			continue
		}
		s.Tag = tag
		if p.cfg.Rebase {
			s.Source += p.began.UnixNano() - p.first
		}
		s.Receive = p.cfg.Now().UnixNano()
		p.batch = append(p.batch, s)
	}
	if len(p.batch) >= maxBatch {
		return p.flush(ctx)
	}
	return nil
}

// end hands over what is left. A loop through nothing would go round and round.
func (p *pass) end(ctx context.Context) error {
	if p.first == 0 && p.cfg.Loop {
		return errors.New("no row in it can be read")
	}
	return p.flush(ctx)
}

// wait until a row is due. What came before is handed over first: nobody should wait for it.
func (p *pass) wait(ctx context.Context, at int64) error {
	if p.cfg.Speed == 0 {
		return ctx.Err()
	}
	due := p.began.Add(time.Duration(float64(at-p.first) / p.cfg.Speed))
	left := due.Sub(p.cfg.Now())
	if left <= 0 {
		return ctx.Err()
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	return collectors.Pause(ctx, left)
}

func (p *pass) flush(ctx context.Context) error {
	if len(p.batch) == 0 {
		return nil
	}
	batch := p.batch
	p.batch = nil
	n := len(batch)
	if err := p.sink.Samples(ctx, batch, nil); err != nil {
		return fmt.Errorf("hand %d samples over: %w", n, err)
	}
	p.status.Took(n)
	return nil
}
