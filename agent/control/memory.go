package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Outcome is what became of a bundle.
type Outcome struct {
	Sender  string    `json:"sender"`
	Version uint64    `json:"version"`
	Key     string    `json:"key"` // where it lay
	At      int64     `json:"at"`  // UTC ns
	Refused string    `json:"refused,omitempty"`
	Comment string    `json:"comment,omitempty"`
	Tax     int       `json:"taxonomy,omitempty"` // the revision that it became
	Labels  int       `json:"labels,omitempty"`   // taken
	Losses  []Refusal `json:"refused_labels,omitempty"`
	Rules   int       `json:"rules,omitempty"` // settings taken
	Trial   string    `json:"trial,omitempty"` // of the settings: running, kept or rolled_back
	Until   int64     `json:"until,omitempty"` // UTC ns, of a running trial
	Why     string    `json:"why,omitempty"`   // they were not taken, or were rolled back
}

// Refusal is a label that was not taken.
type Refusal struct {
	ID     string `json:"id"`
	Item   string `json:"item"`
	Reason string `json:"reason"`
}

// maxOutcomes bounds what is remembered.
const maxOutcomes = 100

// memory is what outlives a restart. A version that is in Applied is never applied again, and none below it.
type memory struct {
	Applied  map[string]uint64 `json:"applied"` // by sender
	Staged   *staged           `json:"staged,omitempty"`
	Trial    *onTrial          `json:"trial,omitempty"`
	Outcomes []Outcome         `json:"outcomes"` // the newest last

	path string
}

// staged is a bundle whose application began. After a power cut it is applied again, which changes nothing that it had changed.
type staged struct {
	Sender string `json:"sender"`
	Key    string `json:"key"`
	Bundle Bundle `json:"bundle"`
}

func openMemory(path string) (*memory, error) {
	m := &memory{Applied: map[string]uint64{}, path: path}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, m); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// save is durable when it returns.
func (m *memory) save() (err error) {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	dir := filepath.Dir(m.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(m.path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(m.path+".new", m.path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// until is the end of the trial that runs; 0 when none does.
func (m *memory) until() int64 {
	if m.Trial == nil {
		return 0
	}
	return m.Trial.Until
}

func (m *memory) note(o Outcome) {
	m.Outcomes = append(m.Outcomes, o)
	if n := len(m.Outcomes) - maxOutcomes; n > 0 {
		m.Outcomes = append([]Outcome(nil), m.Outcomes[n:]...)
	}
}
