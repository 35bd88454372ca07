// Package label is the vocabulary of labelling: items, candidates, regions, labels and the taxonomy they are made with, and the checks
// that keep them sound. It imports the standard library and package series only.
package label

import "slices"

// Verdict is a judgement, by a person or by a machine. Names and numbers are those of ResultEvaluationEnum, OPC 40001-101.
type Verdict uint8

const (
	Undefined    Verdict = iota // nobody looked
	OK                          // OK
	NotOK                       // NotOK
	NotDecidable                // NotDecidable
)

// Kind says what an item shows.
type Kind string

const (
	KindImage  Kind = "image"  // one or more images of a part
	KindWindow Kind = "window" // a window of signals
	KindJoint  Kind = "joint"  // both, of the same part and moment
)

// State is where an item stands on its way.
type State string

const (
	StateOpen    State = "open"    // waits for a person
	StateLabeled State = "labeled" // has at least one label
	StateSynced  State = "synced"  // its latest label is at every target
)

// Place is where an item came from, in the terms of ISA-95.
type Place struct {
	Site  string `json:"site,omitempty"`
	Area  string `json:"area,omitempty"`
	Line  string `json:"line,omitempty"`
	Cell  string `json:"cell,omitempty"`
	Asset string `json:"asset,omitempty"` // asset id
}

// Part names the product under judgement, in the terms of ResultDataType, OPC 40100-1.
type Part struct {
	PartID           string `json:"partId,omitempty"`
	ProductID        string `json:"productId,omitempty"`
	ExternalRecipeID string `json:"externalRecipeId,omitempty"`
	InternalRecipeID string `json:"internalRecipeId,omitempty"`
	JobID            string `json:"jobId,omitempty"`
	MeasID           string `json:"measId,omitempty"`
}

// Image is one picture. Its bytes are a blob named by their SHA-256.
type Image struct {
	SHA256     string  `json:"sha256"` // lower-case hex
	Bytes      int64   `json:"bytes"`
	Format     string  `json:"format"` // jpeg, png, bmp, tiff
	Width      int     `json:"width"`  // pixels
	Height     int     `json:"height"`
	MMPerPx    float64 `json:"mmPerPx,omitempty"`    // 0 when the camera is not calibrated
	MMPerCount float64 `json:"mmPerCount,omitempty"` // of a height map: mm of height for one count of a sample; 0 when it shows no heights
	Calibrated int64   `json:"calibrated,omitempty"` // UTC ns, when MMPerPx was measured; 0 when that is the configuration's
	Datum      *Datum  `json:"datum,omitempty"`      // where the part's zero lies on it; nil when nobody said
	Camera     string  `json:"camera"`
	Name       string  `json:"name,omitempty"`  // file name as the camera gave it
	Taken      int64   `json:"taken,omitempty"` // UTC ns, the camera's clock; 0 when unknown
	Received   int64   `json:"received"`        // UTC ns, this gateway's clock
	Part       Part    `json:"part,omitzero"`
	Machine    Verdict `json:"machine,omitempty"` // the camera's own result
}

// Time is the picture's event time: when it was taken, or when it arrived where the camera did not say.
func (i Image) Time() int64 {
	if i.Taken != 0 {
		return i.Taken
	}
	return i.Received
}

// WindowRef points at a window of signals. While the item is partial the samples are in the series store; once it is final they are
// also frozen in a blob (series.EncodeWindow) and SHA256 is set.
type WindowRef struct {
	From   int64    `json:"from"` // UTC ns, inclusive
	To     int64    `json:"to"`   // UTC ns, exclusive
	Tags   []string `json:"tags"`
	SHA256 string   `json:"sha256,omitempty"`
	Bytes  int64    `json:"bytes,omitempty"`
}

// Text is a sentence or a name in the page's two languages.
type Text struct {
	ZH string `json:"zh-CN" yaml:"zh-CN"`
	EN string `json:"en" yaml:"en"`
}

// Candidate is what a detector or a rule flagged. It is not an alarm: nobody is asked to act on the process.
type Candidate struct {
	ID       string   `json:"id"`
	Rule     string   `json:"rule"`     // name of the rule, e.g. "press1.force.limit"
	Detector string   `json:"detector"` // limit, stuck, missing, rate, robust_z, machine_result, sample …
	Tags     []string `json:"tags,omitempty"`
	From     int64    `json:"from"`              // UTC ns, onset
	To       int64    `json:"to,omitempty"`      // UTC ns, end; 0 while it is open
	Limit    string   `json:"limit,omitempty"`   // LL, L, H, HH
	Value    float64  `json:"value,omitempty"`   // the most extreme value
	Score    float64  `json:"score"`             // 0..1
	Severity int      `json:"severity"`          // 1..1000, OPC 10000-9
	Explain  Text     `json:"explain"`           // one sentence
	Image    string   `json:"image,omitempty"`   // sha256 when an image was flagged
	Regions  []Region `json:"regions,omitempty"` // what a detector proposes

	Spectrum *Spectrum `json:"spectrum,omitempty"` // of a waveform, where it was flagged by what is derived from it
}

// Item is one thing to label: an image, a window of signals, or both of the same part and moment.
type Item struct {
	ID          string      `json:"id"`  // ULID, sorts by time of creation
	Rev         int         `json:"rev"` // grows with every change of the item itself; labels do not count
	Kind        Kind        `json:"kind"`
	Created     int64       `json:"created"` // UTC ns, gateway clock
	At          int64       `json:"at"`      // UTC ns, event time: the image's moment or the first onset
	Place       Place       `json:"place"`
	Part        Part        `json:"part,omitzero"`
	IsPartial   bool        `json:"isPartial,omitempty"`   // still being recorded: its window has not ended
	IsSimulated bool        `json:"isSimulated,omitempty"` // never leaves in an export
	Images      []Image     `json:"images,omitempty"`
	Window      *WindowRef  `json:"window,omitempty"`
	Candidates  []Candidate `json:"candidates,omitempty"`
	Machine     Verdict     `json:"machine"`             // the machine's verdict on the whole
	Score       float64     `json:"score"`               // 0..1, the largest of its candidates
	CreatedBy   string      `json:"createdBy,omitempty"` // user id when a person created it
}

// Proposes reports whether a candidate proposes a region of the class.
func (it *Item) Proposes(class string) bool {
	return slices.ContainsFunc(it.Candidates, func(c Candidate) bool {
		return slices.ContainsFunc(c.Regions, func(r Region) bool { return r.Class == class })
	})
}

// Standing is what the store knows about an item beside the item: who judged it, and where it has got to.
type Standing struct {
	State   State    `json:"state"`
	Verdict Verdict  `json:"verdict"`           // of the newest label
	Classes []string `json:"classes,omitempty"` // class ids in the newest label
	Labels  int      `json:"labels"`            // number of label revisions; the newest has Rev == Labels
	By      string   `json:"by,omitempty"`      // user id of the newest label
	Decided int64    `json:"decided,omitempty"` // UTC ns
	Synced  bool     `json:"synced"`            // every journal entry of it is at every target

	Review ReviewState `json:"review,omitempty"` // what a second person made of the newest label
	Judges []string    `json:"judges,omitempty"` // user ids of everybody who judged it
}

// Span is the time that the item is about, UTC ns: its window, its candidates and its moment. from is not after to.
func (it *Item) Span() (from, to int64) {
	from, to = it.At, it.At
	if it.Window != nil {
		from, to = min(from, it.Window.From), max(to, it.Window.To)
	}
	for _, c := range it.Candidates {
		from, to = min(from, c.From), max(to, c.From, c.To)
	}
	return from, to
}
