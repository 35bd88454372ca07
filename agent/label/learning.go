package label

// Inputs that nobody gave on the item itself.
const (
	Propagated Input = "propagated" // a person gave the label of another item to this one, which looks like it
	Withdrawn  Input = "withdrawn"  // takes a propagated label back: the verdict is Undefined and the item waits again
)

// Estimate is a share and the interval that holds the true one in 19 cases of 20 (Wilson 1927).
type Estimate struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	N     int     `json:"n"` // cases that it rests on
}

// Tally counts candidates by what people made of them.
type Tally struct {
	Confirmed int `json:"confirmed"` // not_ok
	Rejected  int `json:"rejected"`  // ok
	Undecided int `json:"undecided"` // not_decidable
	Waiting   int `json:"waiting"`   // nobody judged it yet
}

// TallyPeriod is the tally of one stretch of time, by the candidates' onset.
type TallyPeriod struct {
	From int64 `json:"from"` // UTC ns
	Tally
}

// Judged is how the candidates of one rule, or of all rules of one detector, were judged. The verdict on an item counts for each of its
// candidates.
type Judged struct {
	Rule     string `json:"rule"` // empty: of the detector
	Detector string `json:"detector"`
	Asset    string `json:"asset"` // of the rule; empty of a detector
	Tally
	Precision *Estimate     `json:"precision"` // confirmed of confirmed and rejected; null while there are none
	Periods   []TallyPeriod `json:"periods"`
}

// Recall estimates which share of what is wrong was flagged, from items that were drawn at random.
type Recall struct {
	Asset   string    `json:"asset"`   // of signals; empty for a camera
	Camera  string    `json:"camera"`  // of images; empty for an asset
	Drawn   int       `json:"drawn"`   // at random, flagged by nobody
	Judged  int       `json:"judged"`  // of those: ok or not_ok
	Missed  int       `json:"missed"`  // of those: not_ok
	Each    float64   `json:"each"`    // unflagged ones that each of the drawn stands for
	Flagged int       `json:"flagged"` // flagged and confirmed
	Recall  *Estimate `json:"recall"`  // null while nothing was judged
}

// Performance is what verdicts say about the detectors in a period.
type Performance struct {
	From      int64    `json:"from"` // UTC ns, by the candidates' onset
	To        int64    `json:"to"`
	Items     int      `json:"items"` // counted
	More      bool     `json:"more"`  // there were older ones than are kept at hand
	Rules     []Judged `json:"rules"`
	Detectors []Judged `json:"detectors"`
	Recall    []Recall `json:"recall"`
}

// Queued is an open item and why it is where it is in the queue: Priority = (score + 0.05) × Novelty × Age.
type Queued struct {
	Row
	Priority float64 `json:"priority"`
	Novelty  float64 `json:"novelty"` // 1 where nobody judged its rules, less the more they did
	Age      float64 `json:"age"`     // 1 for a new one, 2 after a day, at most 4
	Random   bool    `json:"random"`  // drawn at random: it is shown whatever its priority
}

// Past is what people made of earlier candidates of the same rule.
type Past struct {
	Candidate string `json:"candidate"` // id of the candidate that it is about
	Rule      string `json:"rule"`
	Tally
	Items []PastItem `json:"items"` // judged ones, the most alike first
}

// PastItem is an earlier item that people judged.
type PastItem struct {
	Item    string   `json:"item"`
	At      int64    `json:"at"` // UTC ns
	Verdict Verdict  `json:"verdict"`
	Classes []string `json:"classes"`
	Score   float64  `json:"score"`
}

// Likeness asks for places in the history that look like one: a stretch of signals (Tags, From, To) or a region of an image (Item, Image,
// Rect; nil is the whole image).
type Likeness struct {
	Item  string   `json:"item,omitempty"`
	Image string   `json:"image,omitempty"` // sha256
	Rect  *Rect    `json:"rect,omitempty"`
	Tags  []string `json:"tags,omitempty"`
	From  int64    `json:"from,omitempty"` // UTC ns
	To    int64    `json:"to,omitempty"`
	Since int64    `json:"since,omitempty"` // search from here, UTC ns; 0 is a week before Until
	Until int64    `json:"until,omitempty"` // to here; 0 is now
	K     int      `json:"k,omitempty"`     // 0 is 20
}

// Alike is a place that looks like the one asked for.
type Alike struct {
	PlaceAlike
	Distance float64  `json:"distance"` // 0 is the same; signals: RMS of z-normalised differences over all signals; images: 1 is unlike
	Verdict  Verdict  `json:"verdict"`  // of its item
	Classes  []string `json:"classes"`
	By       string   `json:"by,omitempty"`
}

// PlaceAlike says where something is: an item's region, or a stretch of signals that need not have an item yet.
type PlaceAlike struct {
	Item  string   `json:"item,omitempty"` // empty: no item shows it yet
	Image string   `json:"image,omitempty"`
	Rect  *Rect    `json:"rect,omitempty"`
	Tags  []string `json:"tags,omitempty"`
	From  int64    `json:"from,omitempty"` // UTC ns
	To    int64    `json:"to,omitempty"`
}

// Found answers a Likeness.
type Found struct {
	Places   []Alike `json:"places"`   // the most alike first
	Since    int64   `json:"since"`    // what was searched, UTC ns
	Until    int64   `json:"until"`    //
	Searched int     `json:"searched"` // windows or regions that were compared
	Complete bool    `json:"complete"` // false: time ran out, and what lies before Since was not looked at
}

// Spread gives the label of one item to places that look like it.
type Spread struct {
	Item   string       `json:"item"` // whose newest label it is
	Rev    int          `json:"rev"`  // that the person saw
	Places []PlaceAlike `json:"places"`
}

// Spreading is a Spread that was done.
type Spreading struct {
	ID      string       `json:"id"`
	Item    string       `json:"item"`
	Rev     int          `json:"rev"`
	By      string       `json:"by"`
	At      int64        `json:"at"`      // UTC ns
	Labeled []string     `json:"labeled"` // items
	Skipped []PlaceAlike `json:"skipped"` // somebody labelled them meanwhile, or they cannot hold the label
	Undone  int64        `json:"undone"`  // UTC ns; 0 while it holds
}
