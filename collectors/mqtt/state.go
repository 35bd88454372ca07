package mqtt

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// state is what must survive the process: which subscriptions the broker's session holds for us, and until when we know the stream to
// be complete.
type state struct {
	Broker   string   `json:"broker"` // host of the URL and client id: another broker has another session
	Filters  []string `json:"filters"`
	Complete int64    `json:"complete"` // UTC ns; 0 before the first connection
	Lost     bool     `json:"lost"`     // a gap since Complete still has to be recorded
	Unkept   bool     `json:"unkept"`   // messages came at QoS 0, which the broker does not keep while we are away
}

// file keeps a state. With an empty path it keeps nothing.
type file struct{ path string }

func stateFile(dir, name string) file {
	if dir == "" {
		return file{}
	}
	return file{filepath.Join(dir, "mqtt-"+url.PathEscape(name)+".json")}
}

// load returns the zero state when there is no file yet.
func (f file) load() (state, error) {
	if f.path == "" {
		return state{}, nil
	}
	b, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, nil
	}
	if err != nil {
		return state{}, fmt.Errorf("read session state: %w", err)
	}
	var s state
	if err := json.Unmarshal(b, &s); err != nil {
		return state{}, fmt.Errorf("read session state %s: %w", f.path, err)
	}
	return s, nil
}

// save replaces the file in one step, with bytes that are on disk before they have its name. After a power cut the old state may be there
// again, which only widens a gap or repeats an unsubscribe.
func (f file) save(s state) error {
	if f.path == "" {
		return nil
	}
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write session state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return fmt.Errorf("write session state: %w", err)
	}
	if err := writeSynced(f.path+".new", b); err != nil {
		return fmt.Errorf("write session state: %w", err)
	}
	if err := os.Rename(f.path+".new", f.path); err != nil {
		return fmt.Errorf("write session state: %w", err)
	}
	return nil
}

func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
