package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
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
	Rules   int       `json:"rules,omitempty"`     // settings taken
	New     int       `json:"new_rules,omitempty"` // taken
	Models  []string  `json:"models,omitempty"`    // cameras whose model was taken
	Trial   string    `json:"trial,omitempty"`     // of the change: running, kept or rolled_back
	Until   int64     `json:"until,omitempty"`     // UTC ns, of a running trial
	Why     string    `json:"why,omitempty"`       // the change was not taken, or was rolled back
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
	Trials   []*onTrial        `json:"trials,omitempty"` // no two of them about the same thing
	Former   *formerTrial      `json:"trial,omitempty"`  // read only
	Outcomes []Outcome         `json:"outcomes"`         // the newest last

	path string
}

// staged is a bundle whose application began. After a power cut it is applied again, which changes nothing that it had changed.
type staged struct {
	Sender string `json:"sender"`
	Key    string `json:"key"`
	Bundle Bundle `json:"bundle"`
}

// formerTrial is how the trial of rules stood in this file when there was one at a time.
type formerTrial struct {
	onTrial
	Was []Setting `json:"was"`
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
	if t := m.Former; t != nil {
		t.onTrial.Was = Change{Rules: t.Was}
		m.Trials, m.Former = append(m.Trials, &t.onTrial), nil
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

// until is the end of the last trial that runs; 0 when none does.
func (m *memory) until() (end int64) {
	for _, t := range m.Trials {
		end = max(end, t.Until)
	}
	return end
}

// trialOf is the trial of a bundle, nil where it has none.
func (m *memory) trialOf(key string) *onTrial {
	for _, t := range m.Trials {
		if t.Key == key {
			return t
		}
	}
	return nil
}

func (m *memory) note(o Outcome) {
	m.Outcomes = append(m.Outcomes, o)
	if n := len(m.Outcomes) - maxOutcomes; n > 0 {
		m.Outcomes = append([]Outcome(nil), m.Outcomes[n:]...)
	}
}

func (m *memory) forget(t *onTrial) {
	m.Trials = slices.DeleteFunc(slices.Clone(m.Trials), func(o *onTrial) bool { return o == t })
}
