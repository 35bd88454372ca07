package agent

import "context"

// fan gives every target its own copy of the store's one hint. A hint that nobody has taken yet stands for all that follow.
type fan struct {
	in  <-chan struct{}
	out []chan struct{}
}

func newFan(in <-chan struct{}, n int) *fan {
	f := &fan{in: in}
	for range n {
		f.out = append(f.out, make(chan struct{}, 1))
	}
	return f
}

func (f *fan) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-f.in:
		}
		for _, c := range f.out {
			select {
			case c <- struct{}{}:
			default:
			}
		}
	}
}
