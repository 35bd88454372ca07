package report

import "edgelabel/agent/label"

// Report is report.json. Nothing in it is without the number of cases behind it.
type Report struct {
	Version    int         `json:"version"`
	RowsSHA256 string      `json:"rowsSHA256"` // of rows.jsonl, unpacked
	Taxonomy   int         `json:"taxonomyRevision"`
	Simulated  bool        `json:"simulatedCounted"`
	From       string      `json:"from,omitempty"` // UTC, first and last item
	To         string      `json:"to,omitempty"`
	Items      Items       `json:"items"`
	Verdicts   []Group     `json:"verdicts"` // of the newest judgement
	Classes    []Class     `json:"classes"`
	Lines      []Group     `json:"lines"`
	Weeks      []Group     `json:"weeks"` // ISO weeks of the event, UTC
	People     []Group     `json:"people"`
	Machine    Machine     `json:"machine"`
	Agreement  Agreements  `json:"agreement"`
	Indicators []Indicator `json:"indicators"`
	Loss       []Count     `json:"loss"` // what the numbers above leave out
}

// Items counts what there is.
type Items struct {
	All      int            `json:"all"` // in the source
	Counted  int            `json:"counted"`
	Labelled int            `json:"labelled"`
	Kinds    map[string]int `json:"kinds"`
	Pictures int            `json:"pictures"`
}

// Group counts the newest judgements of the items in it; for a person, their own.
type Group struct {
	Name      string    `json:"name"`
	Items     int       `json:"items"` // labelled
	OK        int       `json:"ok"`
	NotOK     int       `json:"notOK"`
	Undecided int       `json:"notDecidable"`
	Decision  Quantiles `json:"decisionSeconds"`
	seconds   []float64
}

// Class counts where a class was given.
type Class struct {
	ID      string     `json:"id"`
	Name    label.Text `json:"name"`
	Items   int        `json:"items"`
	Regions int        `json:"regions"`
	Known   bool       `json:"known"` // it is in the taxonomy
}

// Machine is the machine's verdict against the newest judgement.
type Machine struct {
	Table        [4][4]int `json:"table"`        // machine, person: undefined, ok, not_ok, not_decidable
	Slip         Rate      `json:"slip"`         // of what people call not_ok, the machine called ok
	PseudoReject Rate      `json:"pseudoReject"` // of what people call ok, the machine called not_ok
}

// Agreements is how far people agree.
type Agreements struct {
	Items int      `json:"items"` // judged by two people or more
	Pairs []Pair   `json:"pairs"`
	All   Pair     `json:"all"`
	Alpha *float64 `json:"alpha"` // Krippendorff, nominal, over ok, not_ok and not_decidable
}

// Pair is two people on the items that both judged.
type Pair struct {
	People    [2]string `json:"people"`
	Undecided int       `json:"undecided"` // one of them could not decide: not in the table
	Seen      int       `json:"seen"`      // the later one had the earlier one's label on screen: not independent
	Agreement
}

// Indicator is one of the six of GB/T 36344, or a part of one. Either Rate or Seconds is set; neither says that it was not measured.
type Indicator struct {
	ID      string     `json:"id"`
	Rate    *Rate      `json:"rate,omitempty"`
	Seconds *Quantiles `json:"seconds,omitempty"`
}

// Count is a named number.
type Count struct {
	ID string `json:"id"`
	N  int    `json:"n"`
}
