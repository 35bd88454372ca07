package pipeline_test

import (
	"fmt"
	"testing"

	"edgelabel/agent/label"
)

// TestItemOfBeforeWaitsForRoom starts on a full disk with an item that an earlier stop left: it is finished when there is room, and not at
// the next start.
func TestItemOfBeforeWaitsForRoom(t *testing.T) {
	s := newStore()
	r := start(t, press(), s, nil)
	r.run(0, 12, map[string][2]int{"force": {10, 12}})
	want(t, "partial when it stops", r.items(1)[0].IsPartial, true)
	r.stop()
	s.set(func() { s.noRoom = fmt.Errorf("window: %w", label.ErrFull) })
	r = start(t, press(), s, nil)
	r.wait()
	want(t, "partial while there is no room", r.items(1)[0].IsPartial, true)
	s.set(func() { s.noRoom = nil })
	r.wait()
	want(t, "partial when there is room", r.items(1)[0].IsPartial, false)
}
