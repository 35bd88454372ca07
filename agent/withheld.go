package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"edgelabel/sync/uplink"
)

// maxWithheld is the size in bytes from which on the record goes on in a new file; the one before is kept as .1.
const maxWithheld = 16 << 20

// withheld records what did not leave because of a target's clearance: one JSON document a line, synced before the batch is frozen.
type withheld struct {
	path string
	mu   sync.Mutex
}

// Withheld appends the records. They are durable when it returns.
func (w *withheld) Withheld(_ context.Context, list []uplink.Withheld) (err error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for i := range list {
		if err := e.Encode(&list[i]); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.rollLocked(); err != nil {
		return fmt.Errorf("record of what is withheld: %w", err)
	}
	f, err := os.OpenFile(w.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("record of what is withheld: %w", err)
	}
	_, err = f.Write(b.Bytes())
	return errors.Join(err, f.Sync(), f.Close())
}

func (w *withheld) rollLocked() error {
	info, err := os.Stat(w.path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < maxWithheld {
		return nil
	}
	if err != nil {
		return err
	}
	return os.Rename(w.path, w.path+".1")
}
