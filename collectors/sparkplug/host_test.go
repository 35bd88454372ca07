package sparkplug_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"edgelabel/agent/series"
	"edgelabel/collectors/mqtt"
	"edgelabel/collectors/sparkplug"
)

func kinds(tag string) (series.Kind, bool) {
	k, ok := map[string]series.Kind{
		"temp": series.Number, "count": series.Number, "run": series.Bool, "batch": series.Text, "wave": series.Wave,
		"Press7.cam1.temp": series.Number, "state": series.Number, "bits": series.Wave, "rows": series.Number,
	}[tag]
	return k, ok
}

func config() sparkplug.Config {
	of := func(device, metric, tag string) sparkplug.Metric {
		return sparkplug.Metric{Group: "Plant1", Node: "Press7", Device: device, Metric: metric, Tag: tag}
	}
	set := of("cam1", "set", "rows")
	set.Column, set.TimeColumn = "v", "t"
	return sparkplug.Config{
		MQTT: mqtt.Config{Name: "plant", URL: "tcp://127.0.0.1:1883", ClientID: "gw", Kind: kinds},
		Metrics: []sparkplug.Metric{of("", "state", "state"), of("cam1", "temp", "temp"), of("cam1", "count", "count"), of("cam1", "run", "run"),
			of("cam1", "batch", "batch"), of("cam1", "wave", "wave"), of("cam1", "bits", "bits"), set},
	}
}

// plant drives a host application with messages, a second of our clock apart.
type plant struct {
	t   *testing.T
	d   mqtt.Dialect
	now int64
	out mqtt.Decoded
}

func newPlant(t *testing.T, cfg sparkplug.Config) *plant {
	t.Helper()
	d, err := sparkplug.Dialect(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return &plant{t: t, d: d, now: 1000e9}
}

func (p *plant) send(verb, device string, payload []byte) mqtt.Decoded {
	p.now += 1e9
	topic := "spBv1.0/Plant1/" + verb + "/Press7"
	if device != "" {
		topic += "/" + device
	}
	p.out = p.d.Decode(mqtt.Message{Topic: topic, Payload: payload, Received: p.now})
	return p.out
}

// births brings node and device into being; temp has alias 1, count 2.
func (p *plant) births() {
	p.t.Helper()
	p.send("NBIRTH", "", message(1000, 0, bdSeq(1), metric(name("state"), typed(3), whole(7))))
	p.send("DBIRTH", "cam1", message(1000, 1, metric(name("temp"), alias(1), typed(10), real(1)), metric(name("count"), alias(2), typed(3), whole(0)),
		metric(name("other"), alias(3), typed(10), real(5))))
	p.rejected()
}

func (p *plant) rejected(reasons ...string) {
	p.t.Helper()
	var got []string
	for _, r := range p.out.Rejected {
		got = append(got, r.Reason)
	}
	if !slices.Equal(got, reasons) {
		p.t.Errorf("rejected %v, want %v", got, reasons)
	}
}

// samples renders what came out: tag=value@time, with the quality when it is not good.
func (p *plant) samples(want ...string) {
	p.t.Helper()
	var got []string
	for _, s := range p.out.Samples {
		line := fmt.Sprintf("%s=%v@%d", s.Tag, s.Value, s.Source/1e6)
		if s.Text != "" {
			line = fmt.Sprintf("%s=%s@%d", s.Tag, s.Text, s.Source/1e6)
		}
		if s.Wave != nil {
			line = fmt.Sprintf("%s=%v@%d", s.Tag, s.Wave, s.Source/1e6)
		}
		if s.Quality() != series.Good {
			line += " " + s.Quality().String()
		}
		if s.Receive != p.now {
			p.t.Errorf("%s was received at %d, want %d", line, s.Receive, p.now)
		}
		got = append(got, line)
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("samples %q\nwant    %q", got, want)
	}
}

func (p *plant) asked(times int) {
	p.t.Helper()
	if len(p.out.Publish) != times || times > 0 && p.out.Publish[0].Topic != "spBv1.0/Plant1/NCMD/Press7" {
		p.t.Errorf("asked %+v, want %d requests for births", p.out.Publish, times)
	}
}

func TestAliasesAreResolvedByTheBirth(t *testing.T) {
	p := newPlant(t, config())
	p.births()
	p.send("DDATA", "cam1", message(2000, 2, metric(alias(1), at(1990), real(1.5)), metric(alias(2), whole(math.MaxUint32)), metric(alias(3), real(9))))
	p.samples("temp=1.5@1990", "count=-1@2000") // the type comes from the birth; what is not mapped is passed over
	p.rejected()
	p.send("NDATA", "", message(3000, 3, metric(name("state"), whole(8))))
	p.samples("state=8@3000")
	p.asked(0)
}

func TestEveryKindOfValue(t *testing.T) {
	for want, m := range map[string]field{
		"temp=3@2000":           metric(name("temp"), typed(7), long(3)),
		"temp=-2@2000":          metric(name("temp"), typed(1), whole(254)),
		"temp=1.5@5":            metric(name("temp"), typed(10), real(1.5), at(5), historical()),
		"temp=NaN@2000 bad":     metric(name("temp"), typed(10), null()),
		"temp=2@2000 bad":       metric(name("temp"), typed(10), real(2), quality(0)),
		"temp=2@2000 uncertain": metric(name("temp"), typed(10), real(2), quality(500)),
		"temp=2@2000":           metric(name("temp"), typed(10), real(2), quality(192)),
		"run=1@2000":            metric(name("run"), typed(11), truth(1)),
		"batch=B-1@2000":        metric(name("batch"), typed(12), words("B-1")),
		"wave=[-1 2]@2000":      metric(name("wave"), typed(23), bytesOf(0xff, 0xff, 2, 0)),
		"wave=[0.5]@2000":       metric(name("wave"), typed(30), bytesOf(0, 0, 0, 0x3f)),
		"bits=[1 0 1]@2000":     metric(name("bits"), typed(32), bytesOf(3, 0, 0, 0, 0xa0)),
	} {
		p := newPlant(t, config())
		p.births()
		p.send("DBIRTH", "cam1", message(2000, 2, m))
		p.samples(want)
		p.rejected()
	}
}

func TestDataSet(t *testing.T) {
	p := newPlant(t, config())
	p.births()
	cell := func(f field) []byte { return f }
	set := dataSet(number(1, 2), text(2, "t"), text(2, "v"), raw(3, []byte{13, 10}),
		row(cell(number(2, 1500)), cell(double(4, 1.5))), row(cell(number(2, 1600)), cell(double(4, 2.5))))
	p.send("DBIRTH", "cam1", message(2000, 2, metric(name("set"), typed(16), set)))
	p.samples("rows=1.5@1500", "rows=2.5@1600")
	p.send("DBIRTH", "cam1", message(2000, 3, metric(name("set"), typed(16), dataSet(text(2, "v"), row(cell(double(4, 1)))))))
	p.samples()
	p.rejected("type")
}

func TestWhatCannotBeReadIsRejectedAlone(t *testing.T) {
	for reason, m := range map[string]field{
		"time":           metric(alias(1), at(math.MaxUint64), real(1)),
		"type":           metric(alias(1), words("hot")),
		"unknown_alias":  metric(alias(99), real(1)),
		"type, template": metric(alias(1), raw(18, nil)),
	} {
		p := newPlant(t, config())
		p.births()
		p.send("DDATA", "cam1", message(2000, 2, m, metric(alias(2), whole(4))))
		reason, _, _ = strings.Cut(reason, ",")
		p.rejected(reason)
		if n := len(p.out.Samples); n != 1 {
			t.Errorf("%s: %d samples beside it, want 1", reason, n)
		}
	}
	p := newPlant(t, config())
	p.send("DDATA", "cam1", []byte{0xff})
	p.rejected("protobuf")
	p.send("DDATA", "cam1", join(text(4, "SPBV1.0_COMPRESSED")))
	p.rejected("compressed")
	p.send("NCMD", "", []byte{0xff})
	p.rejected()
}

func TestUnknownAliasAsksForABirth(t *testing.T) {
	p := newPlant(t, config())
	p.births()
	p.send("DDATA", "cam1", message(2000, 2, metric(alias(99), real(1))))
	p.asked(1)
	p.send("DDATA", "cam1", message(3000, 3, metric(alias(99), real(1)), metric(alias(1), real(2))))
	p.asked(0) // a second ago
	p.samples("temp=2@3000 uncertain")
	p.now += 20e9
	p.send("DDATA", "cam1", message(4000, 4, metric(alias(99), real(1))))
	p.asked(1)
	p.births()
	p.send("DDATA", "cam1", message(5000, 2, metric(alias(1), real(3))))
	p.samples("temp=3@5000")
}

func TestSequenceGapIsRecordedAndAsksForABirth(t *testing.T) {
	p := newPlant(t, config())
	p.births()
	from := p.now
	p.send("DDATA", "cam1", message(2000, 5, metric(alias(1), real(2))))
	p.rejected("sequence")
	p.asked(1)
	p.samples("temp=2@2000 uncertain")
	if g := p.out.Gaps; len(g) != 3 || g[0].From != from || g[0].To != p.now || g[0].Source != "plant" || g[0].Tag == "" {
		t.Errorf("gaps %+v", g)
	}
	p.send("DDATA", "cam1", message(3000, 6, metric(alias(1), real(2))))
	p.rejected()
	if len(p.out.Gaps) != 0 {
		t.Errorf("the gap goes on: %+v", p.out.Gaps)
	}
	p.births()
	for seq := range uint64(300) { // the number comes round
		p.send("DDATA", "cam1", message(4000, (seq+2)%256, metric(alias(1), real(2))))
		p.rejected()
	}
}

func TestDataBeforeTheBirth(t *testing.T) {
	p := newPlant(t, config())
	p.send("DDATA", "cam1", message(2000, 9, metric(alias(1), real(2))))
	p.rejected("unborn")
	p.asked(1)
	p.births()
	p.send("DDATA", "cam1", message(3000, 2, metric(alias(1), real(2))))
	p.samples("temp=2@3000")
}

func TestDeathMakesTagsStale(t *testing.T) {
	p := newPlant(t, config())
	p.births()
	p.now = 2000e9
	p.send("DDATA", "cam1", message(5_001_000, 2, metric(alias(1), real(2)))) // its clock is 3000 s ahead
	last := p.now
	p.send("DDEATH", "cam1", message(5_002_000, 3))
	p.samples("temp=NaN@5002000 bad", "count=NaN@5002000 bad")
	if g := p.out.Gaps; len(g) != 2 || g[0].From != last || g[0].To != p.now {
		t.Errorf("gaps %+v", g)
	}
	died := p.now
	p.send("DDATA", "cam1", message(5_003_000, 4, metric(alias(1), real(2))))
	p.rejected("unborn")
	p.send("DBIRTH", "cam1", message(5_004_000, 5, metric(name("temp"), alias(1), typed(10), real(3))))
	p.samples("temp=3@5004000")
	if g := p.out.Gaps; len(g) != 2 || g[0].From != died || g[0].To != p.now {
		t.Errorf("gaps %+v", g)
	}
	p.send("NDEATH", "", join(bdSeq(0))) // of a connection before: comes late
	p.samples()
	p.send("NDEATH", "", join(bdSeq(1)))
	if len(p.out.Samples) != 2 || len(p.out.Problems) != 1 { // state and temp
		t.Errorf("%+v", p.out)
	}
	p.send("NDEATH", "", join(bdSeq(1)))
	p.samples()
}

func TestNodeThatComesBackWithoutADeath(t *testing.T) {
	p := newPlant(t, config())
	p.births()
	p.send("NBIRTH", "", message(9000, 0, bdSeq(1), metric(name("state"), typed(3), whole(7))))
	p.samples("state=7@9000")
	if len(p.out.Gaps) != 0 {
		t.Errorf("births that were asked for make a gap: %+v", p.out.Gaps)
	}
	p.births()
	p.send("NBIRTH", "", message(9000, 0, bdSeq(2), metric(name("state"), typed(3), whole(7))))
	if len(p.out.Gaps) != 3 || len(p.out.Samples) != 3 { // temp and count are stale, state is new
		t.Errorf("%+v", p.out)
	}
}

func TestConnectionAsksEverybody(t *testing.T) {
	cfg := config()
	cfg.HostID = "gw-01"
	p := newPlant(t, cfg)
	will := p.d.Will(1_700_000_000_000_000_000)
	if will == nil || will.Topic != "spBv1.0/STATE/gw-01" || string(will.Payload) != `{"online":false,"timestamp":1700000000000}` || !will.Retain || will.QoS != 1 {
		t.Errorf("will %+v", will)
	}
	p.out.Publish = p.d.Connected(p.now)
	if len(p.out.Publish) != 2 || string(p.out.Publish[0].Payload) != `{"online":true,"timestamp":1700000000000}` {
		t.Errorf("first words %+v", p.out.Publish)
	}
	p.births()
	p.d.Connected(p.now + 1)
	p.now += 20e9
	p.send("DDATA", "cam1", message(9000, 3, metric(alias(1), real(2)))) // its aliases may have changed while we were away
	p.rejected("unborn")
	p.asked(1)
	p.send("NDEATH", "", join(bdSeq(1))) // and it may have died
	if len(p.out.Samples) != 3 {
		t.Errorf("a death after a new connection leaves %+v", p.out.Samples)
	}
}

func TestMapping(t *testing.T) {
	cfg := config()
	cfg.Metrics = []sparkplug.Metric{{Group: "+", Node: "+", Device: "+", Metric: "+", Tag: "{node}.{device}.{metric}"}}
	p := newPlant(t, cfg)
	p.births()
	p.send("DDATA", "cam1", message(2000, 2, metric(alias(1), real(2)), metric(alias(2), whole(1))))
	p.samples("Press7.cam1.temp=2@2000")
	cfg = config()
	cfg.Metrics[1].Metric = "tmp"
	p = newPlant(t, cfg)
	p.births()
	if !slices.ContainsFunc(p.out.Problems, func(x mqtt.Problem) bool { return x.What == "Plant1/Press7/cam1/tmp" && x.Text != "" }) {
		t.Errorf("a metric that the birth does not have: %+v", p.out.Problems)
	}
	all := []sparkplug.Metric{{Group: "a", Node: "n"}, {Group: "a", Node: "+"}, {Group: "b", Node: "n"}, {Group: "b", Node: "n"}}
	if got := slices.Sorted(maps.Keys(sparkplug.Filters(all))); !slices.Equal(got, []string{"spBv1.0/a/+/+/#", "spBv1.0/b/+/n/#"}) {
		t.Errorf("filters %v", got)
	}
}

func TestNewRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*sparkplug.Config){
		"no metrics":        func(c *sparkplug.Config) { c.Metrics = nil },
		"not configured":    func(c *sparkplug.Config) { c.Metrics[0].Tag = "nobody" },
		"node is missing":   func(c *sparkplug.Config) { c.Metrics[0].Node = "" },
		"+ alone":           func(c *sparkplug.Config) { c.Metrics[0].Device = "a/b" },
		"host id":           func(c *sparkplug.Config) { c.HostID = "a/b" },
		"without a column":  func(c *sparkplug.Config) { c.Metrics[0].TimeColumn = "t" },
		"client id":         func(c *sparkplug.Config) { c.MQTT.ClientID = "" },
		"no tags are known": func(c *sparkplug.Config) { c.MQTT.Kind = nil },
	} {
		cfg := config()
		spoil(&cfg)
		if _, err := sparkplug.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("DDATA", message(2000, 2, metric(alias(1), real(1.5)), metric(alias(9), quality(500), whole(3))))
	f.Add("DBIRTH", message(2000, 2, metric(name("set"), typed(16), dataSet(text(2, "v"), text(2, "t"), row(double(4, 1), number(2, 5))))))
	f.Add("NBIRTH", message(2000, 0, bdSeq(1), metric(name("bits"), typed(32), bytesOf(3, 0, 0, 0, 0xa0))))
	f.Add("NDEATH", join(bdSeq(1)))
	f.Fuzz(func(t *testing.T, verb string, payload []byte) {
		p := newPlant(t, config())
		p.births()
		out := p.send(verb, "cam1", payload)
		node := p.d.Decode(mqtt.Message{Topic: "spBv1.0/Plant1/" + verb + "/Press7", Payload: payload, Received: 7})
		for _, s := range append(out.Samples, node.Samples...) {
			if _, known := kinds(s.Tag); !known || math.IsInf(s.Value, 0) {
				t.Errorf("sample %+v", s)
			}
		}
	})
}
