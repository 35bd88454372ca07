package opcua

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/gopcua/opcua"
	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"
)

// Event makes samples of what a server reports as events, alarms above all (OPC 10000-9). It fills one tag that detectors can watch and
// one that says what happened.
type Event struct {
	Tag         string   // number: severity, 1 to 1000, of the worst condition that is active, 0 for none; may be empty
	Text        string   // text: each event as JSON; may be empty
	Notifier    string   // node id of the object whose events are wanted; empty: the server
	Sources     []string // globs over the names of what events are about, or of conditions; empty: all
	MinSeverity int      // events below are left out, unless they end what was above
}

const (
	firstEvent     = 1 << 24 // handle of the first Event: far above those of tags
	eventQueue     = 1000    // events that the server keeps between two publications
	maxFieldLength = 1000    // characters of what a server says
)

// eventFields are what is asked of each event, in the order of the answers. They are paths from BaseEventType: servers give nothing for
// those that an event has not.
var eventFields = [][]string{
	{"EventId"}, {"EventType"}, {"SourceName"}, {"Time"}, {"Message"}, {"Severity"}, {"ConditionName"}, {"ActiveState", "Id"},
	{"AckedState", "Id"}, {"LimitState", "CurrentState"}, {"HighHighState", "Id"}, {"HighState", "Id"}, {"LowState", "Id"}, {"LowLowState", "Id"},
	{"Retain"},
}

// Their indexes; the node of the condition comes after them.
const (
	fieldID = iota
	fieldType
	fieldSource
	fieldTime
	fieldMessage
	fieldSeverity
	fieldName
	fieldActive
	fieldAcked
	fieldLimit
	fieldHighHigh
	fieldHigh
	fieldLow
	fieldLowLow
	fieldRetain
	fieldCondition
	numFields
)

func eventFilter() *ua.ExtensionObject {
	f := &ua.EventFilter{WhereClause: &ua.ContentFilter{}}
	for _, names := range eventFields {
		clause := &ua.SimpleAttributeOperand{TypeDefinitionID: ua.NewNumericNodeID(0, id.BaseEventType), AttributeID: ua.AttributeIDValue}
		for _, name := range names {
			clause.BrowsePath = append(clause.BrowsePath, &ua.QualifiedName{Name: name})
		}
		f.SelectClauses = append(f.SelectClauses, clause)
	}
	f.SelectClauses = append(f.SelectClauses, &ua.SimpleAttributeOperand{
		TypeDefinitionID: ua.NewNumericNodeID(0, id.ConditionType), AttributeID: ua.AttributeIDNodeID,
	})
	return ua.NewExtensionObject(f)
}

func (e Event) validate() error {
	var errs []error
	if e.Tag == "" && e.Text == "" {
		errs = append(errs, errors.New("expected a tag for the severity or one for the text"))
	}
	if e.MinSeverity < 0 || e.MinSeverity > 1000 {
		errs = append(errs, fmt.Errorf("severity %d: expected 0 to 1000", e.MinSeverity))
	}
	for _, s := range e.Sources {
		if _, err := path.Match(s, ""); err != nil {
			errs = append(errs, fmt.Errorf("source %q: expected a name with *, ? or [a-c]", s))
		}
	}
	_, err := e.notifier()
	return errors.Join(append(errs, err)...)
}

func (e Event) notifier() (nodeRef, error) {
	if e.Notifier == "" {
		return nodeRef{id: ua.NewNumericNodeID(0, id.Server)}, nil
	}
	return parseNodeID(e.Notifier)
}

// title is how messages call it.
func (e Event) title() string {
	if e.Tag != "" {
		return e.Tag
	}
	return e.Text
}

func (c Config) checkEvents() error {
	var errs []error
	for _, e := range c.Events {
		if err := e.validate(); err != nil {
			errs = append(errs, fmt.Errorf("events %s: %w", e.title(), err))
		}
	}
	return errors.Join(errs...)
}

// watchEvents asks for events, and then for the conditions that stand: what changed while nobody listened shows in them.
func (n *nodes) watchEvents(ctx context.Context, watches []*watch) error {
	f := n.feeds[eventFeed]
	if f == nil {
		return nil
	}
	for i, w := range watches {
		if err := n.watchEvent(ctx, f, w, firstEvent+uint32(i)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(watches, func(w *watch) bool { return !w.refused }) {
		return n.refresh(ctx)
	}
	return nil
}

func (n *nodes) watchEvent(ctx context.Context, f *feed, w *watch, handle uint32) error {
	w.begin()
	ref, err := w.notifier()
	if err != nil {
		return err
	}
	node, err := ref.resolve(n.client.Namespaces())
	if err == nil {
		r := opcua.NewMonitoredItemCreateRequestWithDefaults(node, ua.AttributeIDEventNotifier, handle)
		r.RequestedParameters.SamplingInterval, r.RequestedParameters.QueueSize = 0, eventQueue
		r.RequestedParameters.DiscardOldest, r.RequestedParameters.Filter = true, eventFilter()
		results, callErr := f.sub.monitor(ctx, []*ua.MonitoredItemCreateRequest{r})
		if callErr != nil {
			return fmt.Errorf("subscribe to events of %v: %w", node, callErr)
		}
		if code := results[0].StatusCode; code&0x80000000 != 0 {
			err = code
		}
	}
	w.refused = err != nil
	text := ""
	if err != nil {
		text = fmt.Sprintf("the server reports no events of %v: %v; tried again at the next connection", ref.id, err)
	}
	n.problem(w.title()+" events", text)
	return nil
}

// refresh has the server report every condition that stands. One without conditions cannot.
func (n *nodes) refresh(ctx context.Context) error {
	sub, err := ua.NewVariant(n.feeds[eventFeed].id)
	if err != nil {
		return err
	}
	request := &ua.CallMethodRequest{ObjectID: ua.NewNumericNodeID(0, id.ConditionType),
		MethodID: ua.NewNumericNodeID(0, id.ConditionType_ConditionRefresh), InputArguments: []*ua.Variant{sub}}
	var answer *ua.CallMethodResult
	err = guard(func() (err error) {
		answer, err = n.client.Call(ctx, request)
		return err
	})
	code, refused := errors.AsType[ua.StatusCode](err)
	switch {
	case err != nil && !refused:
		return fmt.Errorf("refresh conditions: %w", err)
	case err == nil:
		code = answer.StatusCode
	}
	text := ""
	if code&0x80000000 != 0 && !isAny(code, ua.StatusBadMethodInvalid, ua.StatusBadNodeIDUnknown, ua.StatusBadNotSupported, ua.StatusBadServiceUnsupported, ua.StatusBadRefreshInProgress) {
		text = fmt.Sprintf("the server does not say which conditions stand: %v", code)
	}
	n.problem("conditions", text)
	return nil
}
