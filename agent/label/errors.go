package label

import (
	"errors"
	"fmt"
)

// What a store answers when it cannot do as asked. Whoever speaks HTTP turns these into statuses.
var (
	ErrNotFound = errors.New("not found")
	ErrInvalid  = errors.New("invalid")    // the request itself is wrong; the text says where
	ErrFull     = errors.New("disk full")  // not stored; may work again later
	ErrFrozen   = errors.New("is labeled") // the item can no longer change
	ErrStale    = errors.New("is stale")   // somebody else changed it meanwhile: read again
)

// Conflict is returned for a label whose Parent is not the newest revision.
type Conflict struct{ Newest Label }

func (c *Conflict) Error() string {
	return fmt.Sprintf("item %s: revision %d by %s is newer", c.Newest.Item, c.Newest.Rev, c.Newest.By.ID)
}
