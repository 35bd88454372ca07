// Package learn makes detectors better with what people say.
//
//	store's feed ─▶ Ledger: newest items, their candidates, their verdicts ─┬─▶ precision and recall with their intervals
//	                                                                        ├─▶ the order of the queue
//	                                                                        └─▶ what became of earlier candidates of a rule
//
// What reads the history for it stands in packages of its own: similar finds what looks alike, retune tries settings of rules. Nothing here
// changes a detector or an item unless a person said so.
package learn

import (
	"context"

	"edgelabel/agent/label"
)

// Items is where items and their labels are read. Errors are those of package label.
type Items interface {
	Items(ctx context.Context, q label.Query) (label.Page, error)
	Item(ctx context.Context, id string) (label.Row, []label.Label, error)
}

// Feed tells about changes. A subscriber that is too slow loses hints; Rev shows it.
type Feed interface {
	Subscribe() (changes <-chan label.Change, cancel func())
}

// Detectors of candidates that no detector made: they say nothing about one.
const (
	Sample  = "sample"  // drawn at random
	Person  = "person"  // marked by a person
	Similar = "similar" // found alike, and labeled with the label of another
)

func byDetector(detector string) bool {
	return detector != Sample && detector != Person && detector != Similar
}
