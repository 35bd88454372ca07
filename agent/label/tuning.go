package label

// ReplayState is where a replay stands.
type ReplayState string

const (
	Replaying       ReplayState = "running"
	ReplayDone      ReplayState = "done"
	ReplayCancelled ReplayState = "cancelled"
	ReplayFailed    ReplayState = "failed"
)

// Setting is a value of a rule's field, and what the rule would have flagged with it in the stored history.
type Setting struct {
	Value      float64 `json:"value"`      // in the field's unit: signal's unit, standard deviations, or seconds
	Candidates int     `json:"candidates"` // all
	Confirmed  int     `json:"confirmed"`  // of those that people confirmed, flagged still
	Rejected   int     `json:"rejected"`   // of those that people rejected, flagged still
	Unjudged   int     `json:"unjudged"`   // candidates that nobody judged
	Now        bool    `json:"now"`        // as the rule is set
	Proposed   bool    `json:"proposed"`
}

// Replay is a rule judged once more on the stored history, with several settings.
type Replay struct {
	Rule      string      `json:"rule"`
	Field     string      `json:"field"`  // threshold, ll, l, h, hh, per_second or period
	Fields    []string    `json:"fields"` // those that can be asked for
	State     ReplayState `json:"state"`
	Error     string      `json:"error,omitempty"`
	From      int64       `json:"from"` // UTC ns
	To        int64       `json:"to"`
	Done      float64     `json:"done"` // 0..1
	Samples   int         `json:"samples"`
	Confirmed int         `json:"confirmed"` // candidates of the rule that people confirmed in this time
	Rejected  int         `json:"rejected"`
	By        string      `json:"by"`
	Settings  []Setting   `json:"settings"` // by value
}

// Tuning is a value that a person gave to a rule's field in place of the configuration's.
type Tuning struct {
	Rule   string   `json:"rule"`
	Field  string   `json:"field"`
	Value  *float64 `json:"value"` // null: taken back, and the configuration's holds
	Was    float64  `json:"was"`   // before
	Reason string   `json:"reason,omitempty"`
	By     string   `json:"by"` // user id
	At     int64    `json:"at"` // UTC ns
}
