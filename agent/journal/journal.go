// Package journal is the vocabulary of what must leave the machine: an ordered list of entries that the store writes in the same commit
// as the thing itself and that sync carries to the centre. It imports the standard library only.
package journal

// Seq numbers entries on this gateway: strictly increasing, never reused, starting at 1.
type Seq uint64

// Kind says what an entry carries.
type Kind string

const (
	Item     Kind = "item"     // Body is a label.Item whose images and window are final
	Label    Kind = "label"    // Body is a label.Label
	Gap      Kind = "gap"      // Body is a series.Gap
	Eviction Kind = "eviction" // Body is an Evicted
	Taxonomy Kind = "taxonomy" // Body is a label.Taxonomy
)

// Entry is one thing to send. Body is the JSON document as it will stand at the centre: frozen when the entry was written, so that
// every retry sends the same bytes.
type Entry struct {
	Seq  Seq    `json:"seq"`
	Kind Kind   `json:"kind"`
	Key  string `json:"key"` // item id, label id …: unique within Kind, the centre's idempotency key
	At   int64  `json:"at"`  // UTC ns, when it was written
	Body []byte `json:"-"`
}

// Evicted is an explicit record that something was dropped to stay inside the disk budget.
type Evicted struct {
	Class  string `json:"class"` // image, item, series, quarantine
	Key    string `json:"key"`   // item id, sha256, segment or file name
	From   int64  `json:"from,omitempty"`
	To     int64  `json:"to,omitempty"` // UTC ns, the time that the dropped data covered
	Bytes  int64  `json:"bytes"`
	Reason string `json:"reason"` // budget, disk_full
	At     int64  `json:"at"`     // UTC ns
}

// Object is one file at the centre, as a manifest names it.
type Object struct {
	Key    string `json:"key"` // below the target's prefix
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // lower-case hex
	Rows   int    `json:"rows,omitempty"`
	MinTS  int64  `json:"min_ts,omitempty"`
	MaxTS  int64  `json:"max_ts,omitempty"` // UTC ns, event times of the rows
}

// Batch is a set of entries that was frozen for one target: numbered without holes per target and epoch, uploaded under fixed keys and
// committed by its manifest.
type Batch struct {
	Target   string `json:"target"`
	Epoch    uint64 `json:"epoch"`
	Number   uint64 `json:"number"` // 1, 2, 3 … within the epoch
	First    Seq    `json:"first"`
	Last     Seq    `json:"last"`
	Created  int64  `json:"created"`     // UTC ns; part of the frozen content
	Previous string `json:"prev_sha256"` // of the manifest before, empty for the first
	Seqs     []Seq  `json:"seqs"`        // the entries inside, ascending

	// Decided when the batch was frozen, for a target that may not have everything. All are among Seqs.
	Above   []Seq `json:"above,omitempty"`   // graded above the target's clearance: their content stays here
	Unasked []Seq `json:"unasked,omitempty"` // passed over by the target's filter
	Brings  []Seq `json:"brings,omitempty"`  // labels that bring their item along, because it was passed over before
}

// Lane orders what leaves: a lower one first.
type Lane uint8

// Lanes. An item whose label waits is in the lane of labels.
const (
	Labels  Lane = iota + 1 // labels with the items and images that they judge, and the taxonomy: the newest first
	Items                   // items without a window that nobody labelled, the oldest first, here and below
	Windows                 // items with a window that nobody labelled
	Records                 // gaps and evictions
)

// Lanes lists all, the first to leave first.
func Lanes() []Lane { return []Lane{Labels, Items, Windows, Records} }

func (l Lane) String() string {
	switch l {
	case Labels:
		return "labels"
	case Items:
		return "items"
	case Windows:
		return "windows"
	}
	return "records"
}

// Backlog counts the entries that are in no batch of a target.
type Backlog struct {
	Lanes  map[Lane]int
	Oldest int64 // UTC ns, when the oldest of them was written; 0 when there is none
}

// Receipt says that a batch is at the centre, whole.
type Receipt struct {
	Batch
	Manifest string `json:"manifest"` // key of the manifest
	SHA256   string `json:"sha256"`   // of the manifest's bytes
	Bytes    int64  `json:"bytes"`    // uploaded for this batch
	At       int64  `json:"at"`       // UTC ns
}
