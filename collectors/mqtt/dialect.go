package mqtt

import (
	"edgelabel/agent/series"
	"edgelabel/collectors"
)

// Dialect reads messages and speaks where that is asked for. A Collector calls it from one goroutine at a time, in the order in which
// messages arrive, and again after each of its connections: it may keep state. No method blocks. Times are UTC ns.
type Dialect interface {
	// Filters are the topic filters to subscribe, each with its QoS.
	Filters() map[string]byte

	// Will is what the broker publishes when this connection breaks, nil for nothing.
	Will(now int64) *Publication

	// Connected tells that the filters are subscribed on a new connection, and returns what to publish on it.
	Connected(now int64) []Publication

	// Decode reads one message. The result may refer to the payload.
	Decode(m Message) Decoded
}

// Message is one delivery, as far as decoding needs it.
type Message struct {
	Topic    string
	Payload  []byte
	Retained bool
	Received int64 // UTC ns
}

// Decoded is what one message holds. A message with several values may hold samples and rejections.
type Decoded struct {
	Samples  []series.Sample
	Picture  *collectors.Picture
	Rejected []*Rejection
	Gaps     []series.Gap
	Publish  []Publication
	Problems []Problem
}

// Rejection is input that can never be stored. It is data, not a failure: the message is counted and acknowledged.
type Rejection struct {
	Reason string // short constant, a metric's label
	Text   string
	Keep   bool // the message should be kept, for whoever has to find out why
}

func (r *Rejection) Error() string { return r.Text }

// Publication is a message of our own.
type Publication struct {
	Topic   string
	Payload []byte
	QoS     byte
	Retain  bool
}

// Problem is something of the source that is not well; an empty text says that it is again.
type Problem struct{ What, Text string }
