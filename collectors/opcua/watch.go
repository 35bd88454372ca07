package opcua

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"path"
	"slices"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"edgelabel/agent/series"
)

const (
	rememberedEvents = 4096   // among which a repetition is looked for
	maxConditions    = 10_000 // that are active at the same time; more count as events without a state
	pulse            = time.Millisecond
)

// happening is one event as the text tag tells it.
type happening struct {
	ID        string `json:"id"`
	Type      string `json:"type,omitempty"`
	Source    string `json:"source,omitempty"`
	Condition string `json:"condition,omitempty"`
	Message   string `json:"message,omitempty"`
	Severity  int    `json:"severity"`
	Limit     string `json:"limit,omitempty"`  // HighHigh, High, Low, LowLow, or what the server calls it
	Active    *bool  `json:"active,omitempty"` // absent for an event that is no alarm
	Acked     *bool  `json:"acked,omitempty"`

	at   int64  // UTC ns, the server's clock; 0: not told
	key  string // of the condition, empty for an event without one
	kind uint32 // of its type in the standard's namespace
}

// watch is one Event and what is remembered of it from connection to connection. It belongs to the goroutine of Run.
type watch struct {
	Event
	refused bool

	past   map[string]bool
	order  []string        // of past, oldest first
	active map[string]int  // severity of what is active, by condition
	told   map[string]bool // conditions of the refresh that is under way; nil for none
	level  float64         // the severity that was reported last, NaN for none
}

func newWatch(e Event) *watch {
	return &watch{Event: e, past: map[string]bool{}, active: map[string]int{}, level: math.NaN()}
}

// begin is called for each connection: the level is reported anew.
func (w *watch) begin() { w.told, w.level = nil, math.NaN() }

// take makes samples of an event. again asks for a refresh.
func (w *watch) take(fields []*ua.Variant, now int64) (samples []series.Sample, again bool) {
	h := newHappening(fields)
	switch h.kind {
	case id.RefreshStartEventType:
		w.told = map[string]bool{}
		return nil, false
	case id.RefreshEndEventType:
		w.settle()
		return w.report(h.at, now), false
	case id.RefreshRequiredEventType:
		return nil, true
	}
	if !w.wants(h) {
		return nil, false
	}
	if w.told != nil {
		w.told[h.key] = true
	}
	if !w.remember(h.ID) {
		return nil, false
	}
	if w.Text != "" {
		text, err := json.Marshal(h)
		if err == nil { // plain texts and numbers cannot fail
			samples = append(samples, series.Sample{Tag: w.Text, Source: h.at, Receive: now, Value: math.NaN(), Text: string(text)})
		}
	}
	return append(samples, w.move(h, now)...), false
}

func (w *watch) wants(h happening) bool {
	if _, open := w.active[h.key]; open && h.key != "" {
		return true
	}
	fits := func(glob string) bool {
		source, err := path.Match(glob, h.Source)
		condition, _ := path.Match(glob, h.Condition) // the same glob: the same error
		return err == nil && (source || condition)
	}
	return h.Severity >= w.MinSeverity && (len(w.Sources) == 0 || slices.ContainsFunc(w.Sources, fits))
}

// remember reports false for an event that was there already.
func (w *watch) remember(event string) bool {
	if event == "" {
		return true
	}
	if w.past[event] {
		return false
	}
	w.past[event] = true
	if w.order = append(w.order, event); len(w.order) > rememberedEvents {
		delete(w.past, w.order[0])
		w.order = slices.Delete(w.order, 0, 1)
	}
	return true
}

// move follows the state of a condition. An event without one is active for an instant.
func (w *watch) move(h happening, now int64) []series.Sample {
	_, open := w.active[h.key]
	switch {
	case h.Active == nil || h.key == "" || !open && len(w.active) >= maxConditions:
		return append(w.at(float64(max(h.Severity, w.worst())), h.at, now), w.report(h.at+int64(pulse), now)...)
	case *h.Active:
		w.active[h.key] = h.Severity
	default:
		delete(w.active, h.key)
	}
	if w.told != nil {
		return nil // the whole is reported when the server has told all
	}
	return w.report(h.at, now)
}

// settle forgets the conditions that a refresh did not mention.
func (w *watch) settle() {
	for key := range w.active {
		if w.told != nil && !w.told[key] {
			delete(w.active, key)
		}
	}
	w.told = nil
}

func (w *watch) worst() (worst int) {
	for _, severity := range w.active {
		worst = max(worst, severity)
	}
	return worst
}

// report is a sample of the severity when it has changed.
func (w *watch) report(at, now int64) []series.Sample { return w.at(float64(w.worst()), at, now) }

func (w *watch) at(level float64, at, now int64) []series.Sample {
	if w.Tag == "" || level == w.level {
		return nil
	}
	w.level = level
	return []series.Sample{{Tag: w.Tag, Source: at, Receive: now, Value: level}}
}

// newHappening reads the fields of an event as far as the server gave them.
func newHappening(fields []*ua.Variant) happening {
	value := func(i int) any {
		if i >= len(fields) || fields[i] == nil {
			return nil
		}
		return content(&ua.DataValue{Value: fields[i]})
	}
	h := happening{Source: textOf(value(fieldSource)), Message: textOf(value(fieldMessage)), Condition: textOf(value(fieldName))}
	if b, ok := value(fieldID).([]byte); ok {
		h.ID = hex.EncodeToString(b)
	}
	if n, ok := value(fieldType).(*ua.NodeID); ok && n != nil {
		h.Type = n.String()
		if n.Namespace() == 0 && n.Type() != ua.NodeIDTypeString {
			h.kind, h.Type = n.IntID(), id.Name(n.IntID())
		}
	}
	if t, ok := value(fieldTime).(time.Time); ok {
		h.at = stamp(&ua.DataValue{SourceTimestamp: t})
	}
	if n, ok := number(value(fieldSeverity)); ok {
		h.Severity = int(n)
	}
	h.Active, h.Acked = truth(value(fieldActive)), truth(value(fieldAcked))
	if n, ok := value(fieldCondition).(*ua.NodeID); ok && n != nil {
		h.key = n.String()
	} else if h.Active != nil {
		h.key = h.Source + "/" + h.Condition
	}
	h.Limit = textOf(value(fieldLimit))
	for i, name := range []string{"HighHigh", "High", "Low", "LowLow"} {
		if on := truth(value(fieldHighHigh + i)); on != nil && *on && (h.Limit == "" || i == fieldLowLow-fieldHighHigh) {
			h.Limit = name
		}
	}
	return h
}

func truth(v any) *bool {
	if b, ok := v.(bool); ok {
		return &b
	}
	return nil
}

func textOf(v any) string {
	s, _ := v.(string)
	if t, ok := v.(*ua.LocalizedText); ok && t != nil {
		s = t.Text
	}
	if r := []rune(s); len(r) > maxFieldLength {
		s = string(r[:maxFieldLength])
	}
	return s
}
