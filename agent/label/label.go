package label

// Input is how a person gave the verdict.
type Input string

const (
	Touch   Input = "touch"
	Mouse   Input = "mouse"
	Key     Input = "key"
	Scanner Input = "scanner"
	API     Input = "api"
)

// Confidence is how sure the person is. Zero means that nobody asked.
type Confidence uint8

const (
	Unasked   Confidence = iota
	Guess                // guess
	Likely               // likely
	Inspected            // the part or the machine was looked at
)

// Fault keeps apart what ISO 14224 keeps apart: mode (how it shows), mechanism (the process behind it) and cause (why it began).
type Fault struct {
	Mode      string `json:"mode,omitempty"`
	Mechanism string `json:"mechanism,omitempty"`
	Cause     string `json:"cause,omitempty"`
	Severity  int    `json:"severity,omitempty"` // 1..1000
	WorkOrder string `json:"workOrder,omitempty"`
}

// Person is who made a label.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Role string `json:"role"`
}

// Draft is what a person sends: a label before the gateway has numbered and signed it.
type Draft struct {
	Verdict    Verdict    `json:"verdict"`
	Classes    []string   `json:"classes,omitempty"` // class ids of the whole item; regions carry their own
	Regions    []Region   `json:"regions,omitempty"`
	Fault      *Fault     `json:"fault,omitempty"`
	Confidence Confidence `json:"confidence,omitempty"`
	Comment    string     `json:"comment,omitempty"`
	Origin     Origin     `json:"origin,omitempty"`
	Input      Input      `json:"input,omitempty"`
	Terminal   string     `json:"terminal,omitempty"`
	Opened     int64      `json:"opened,omitempty"`  // UTC ns, the page's clock, when the item came on screen
	Decided    int64      `json:"decided,omitempty"` // UTC ns, the page's clock
	Parent     int        `json:"parent"`            // revision that the person saw; 0 when there was none
	Taxonomy   int        `json:"taxonomy"`          // revision of the taxonomy on screen
	Review     *Review    `json:"review,omitempty"`  // a second person's word on an earlier label
}

// Holds reports whether the label says something: one that was taken back does not.
func (d *Draft) Holds() bool { return d.Verdict != Undefined }

// Label is one person's append-only revision on an item.
type Label struct {
	Draft
	ID    string `json:"id"` // ULID
	Item  string `json:"item"`
	Rev   int    `json:"rev"` // 1, 2, 3 … per item
	By    Person `json:"by"`
	Saved int64  `json:"saved"`         // UTC ns, the gateway's clock, when it became durable
	Key   string `json:"key,omitempty"` // Idempotency-Key of the request
}
