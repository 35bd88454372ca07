package opcua_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

func TestDecodesEveryKind(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	at := time.Now().Truncate(time.Microsecond).UTC()
	c := p.config()
	c.Nodes = nil
	for _, v := range []struct {
		tag   string
		kind  series.Kind
		value any
	}{
		{"double", series.Number, 1.5}, {"float", series.Number, float32(2.5)}, {"sbyte", series.Number, int8(-3)}, {"byte", series.Number, uint8(4)},
		{"int16", series.Number, int16(-5)}, {"uint16", series.Number, uint16(6)}, {"int32", series.Number, int32(-7)}, {"uint32", series.Number, uint32(8)},
		{"int64", series.Number, int64(-9)}, {"uint64", series.Number, uint64(10)}, {"bool", series.Bool, true}, {"string", series.Text, "open"},
		{"time", series.Text, at}, {"wave", series.Wave, []int16{1, -2, 3}}, {"bytes", series.Wave, ua.ByteArray{7, 8}}, {"any", "", "x"},
	} {
		p.set(v.tag, dataValue(v.value, ua.StatusOK, at))
		c.Nodes = append(c.Nodes, p.node(v.tag, v.kind))
	}
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "all values", func() bool { return len(r.sink.All()) >= len(c.Nodes) })
	one := func(tag string) series.Sample { return r.sink.Tag(tag)[0] }
	for tag, want := range map[string]float64{"double": 1.5, "float": 2.5, "sbyte": -3, "byte": 4, "int16": -5, "uint16": 6, "int32": -7,
		"uint32": 8, "int64": -9, "uint64": 10, "bool": 1} {
		if s := one(tag); s.Value != want || s.Source != at.UnixNano() || s.Receive < s.Source || s.Text != "" {
			t.Errorf("%s: %+v, want %v", tag, s, want)
		}
	}
	for tag, want := range map[string]string{"string": "open", "time": at.Format(time.RFC3339Nano), "any": "x"} {
		if s := one(tag); s.Text != want || s.Value == s.Value {
			t.Errorf("%s: %+v, want %q and no number", tag, s, want)
		}
	}
	if w := one("wave").Wave; !slices.Equal(w, []float64{1, -2, 3}) {
		t.Errorf("wave %v", w)
	}
	if w := one("bytes").Wave; !slices.Equal(w, []float64{7, 8}) {
		t.Errorf("bytes %v", w)
	}
}

func TestValueThatDoesNotFitIsNamedAndTheNextIsTaken(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(ua.NewExtensionObject(&ua.BuildInfo{}), ua.StatusOK, time.Now()))
	p.Start(t)
	r := run(t, p.config())
	r.waitFor(t, "the structure is named", func() bool { return contains(r.status.Snapshot().Problems["force"], "unsupported type Structure") })
	p.set("force", dataValue("12.5", ua.StatusOK, time.Now()))
	r.waitFor(t, "the text is named", func() bool { return contains(r.status.Snapshot().Problems["force"], "expected number", "String") })
	p.Send(t, 5)
	r.waitFor(t, "the number", func() bool { return p.Has(r.sink, 5) })
	if s := r.status.Snapshot(); s.Rejected["type"] < 2 || len(s.Problems) > 0 {
		t.Errorf("status %+v", s)
	}
}

func TestNodeThatAppearsLaterIsTaken(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	c := p.config()
	c.Nodes = append(c.Nodes, p.node("late", series.Number))
	c.RetryNodes = 100 * time.Millisecond
	r := run(t, c)
	r.waitUp(t)
	r.waitFor(t, "the others deliver", func() bool { return len(r.sink.Tag("force")) > 0 })
	if s := r.status.Snapshot(); !contains(s.Problems["late"], "late", "BadNodeIDUnknown") {
		t.Errorf("problems %v", s.Problems)
	}
	before := r.status.Snapshot().Attempts
	p.set("late", dataValue(2.0, ua.StatusOK, time.Now()))
	r.waitFor(t, "the late node", func() bool { return len(r.sink.Tag("late")) > 0 && len(r.status.Snapshot().Problems) == 0 })
	if s := r.status.Snapshot(); s.Attempts != before {
		t.Errorf("%d connections for the late node", s.Attempts-before)
	}
}

func TestServerThatTakesOnlyFewNodesAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	c := p.config()
	c.Nodes = nil
	for _, name := range []string{"few1", "few2", "few3", "few4", "few5"} {
		p.set(name, dataValue(1.0, ua.StatusOK, time.Now()))
		c.Nodes = append(c.Nodes, p.node(name, series.Number))
	}
	p.Start(t)
	r := run(t, c)
	r.waitFor(t, "all nodes", func() bool { return len(r.sink.All()) == len(c.Nodes) })
	if s := r.status.Snapshot(); s.Attempts != 2 || len(s.Problems) > 0 {
		t.Errorf("status %+v", s)
	}
}

func TestServerWithoutSubscriptionsIsPolled(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	p.set("force", dataValue(1.0, ua.StatusOK, time.Now()))
	p.Start(t)
	c := p.config()
	c.PublishInterval = noSubscriptions
	r := run(t, c)
	r.waitFor(t, "the value", func() bool { return p.Has(r.sink, 1) })
	p.Send(t, 2)
	r.waitFor(t, "the next", func() bool { return p.Has(r.sink, 2) })
	if s := r.status.Snapshot(); len(s.Problems) != 1 || !contains(s.Problems["subscriptions"], "offers none") {
		t.Errorf("problems %v", s.Problems)
	}
}
