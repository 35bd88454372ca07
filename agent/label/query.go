package label

// Query selects items. Zero values select everything, oldest first.
type Query struct {
	State  State  // "" any
	Kind   Kind   // "" any
	Asset  string // "" any
	Camera string // "" any
	Class  string // class id in the newest label, "" any
	Part   string // exact part id, "" any

	Line     string // "" any
	Station  string // cell of the place, "" any
	Proposed string // class id that a candidate proposes, "" any

	Verdict *Verdict
	From    int64  // UTC ns: only what lies at or after it, by event time; 0 any
	To      int64  // UTC ns: only what begins before it, by event time; 0 any
	Newest  bool   // newest first instead of oldest first
	Suspect bool   // highest score first, of equal ones the oldest; Newest does not count then
	Cursor  string // where the page before ended, as Page.Next gave it
	Limit   int    // 0 is 50; at most 500
}

// Row is an item and where it stands.
type Row struct {
	Item
	Standing
	Claim *Claim `json:"claim,omitempty"`
}

// Page is one page of a query.
type Page struct {
	Rows []Row  `json:"items"`
	Next string `json:"next,omitempty"` // cursor of the next page; empty at the end
}

// Claim says who has an item on screen. It expires by itself and binds nobody: it only keeps two people off the same part.
type Claim struct {
	By    string `json:"by"`    // user id
	Name  string `json:"name"`  // as people read it
	Until int64  `json:"until"` // UTC ns
}

// Counts is the state of the queue.
type Counts struct {
	Open     int   `json:"open"`     // wait for a person
	Labeled  int   `json:"labeled"`  // have a label
	Unsynced int   `json:"unsynced"` // journal entries that at least one target lacks
	Oldest   int64 `json:"oldest"`   // UTC ns, when the oldest of those was written; 0 when there is none
}

// Change is a hint that something is new; whoever gets it reads again. Rev grows with every change.
type Change struct {
	Rev  uint64 `json:"rev"`
	What string `json:"what"`           // item, label, claim, taxonomy, status
	Item string `json:"item,omitempty"` // the item concerned
}
