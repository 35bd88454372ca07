package auth

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"edgelabel/agent/label"
)

// Role says what a person may do. An admin may do all that a labeler may.
type Role string

const (
	Labeler  Role = "labeler"  // looks, labels, marks
	Reviewer Role = "reviewer" // also judges what others labelled
	Admin    Role = "admin"    // also changes the taxonomy
)

const (
	usersFile    = "users.json"
	maxUsersFile = 4 << 20 // bytes
)

// Account is a person as the list shows them.
type Account struct {
	ID       string    // signs in with it; goes into every label
	Name     string    // as people read it
	Role     Role      //
	Password bool      // has one; without, only a one-time token signs in
	Changed  time.Time // when it was last edited
}

// Users keeps the people in users.json of the data directory. The file is replaced as a whole, so that a running agent sees each edit of
// the command line at its next request. Its methods may be called from several goroutines and several processes at once.
type Users struct {
	Dir  string
	Now  func() time.Time
	Rand io.Reader

	mu     sync.Mutex
	seen   fs.FileInfo // of the file that people was read from; nil when there was none
	people []record
}

type record struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Role    Role   `json:"role"`
	Hash    string `json:"hash,omitempty"`
	Badge   string `json:"badge,omitempty"` // hash of the code that their card holds
	PIN     string `json:"pin,omitempty"`   // hash of the digits that open a locked panel
	Stamp   string `json:"stamp"`           // new with every edit: sessions that carry another one are over
	Changed int64  `json:"changed"`
}

func (r record) person() label.Person {
	return label.Person{ID: r.ID, Name: r.Name, Role: string(r.Role)}
}

// List returns everybody, ordered by id.
func (u *Users) List() ([]Account, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.refreshLocked(); err != nil {
		return nil, err
	}
	list := make([]Account, 0, len(u.people))
	for _, r := range u.people {
		list = append(list, Account{ID: r.ID, Name: r.Name, Role: r.Role, Password: r.Hash != "", Changed: time.Unix(0, r.Changed).UTC()})
	}
	return list, nil
}

// Add makes a person. An empty name is the id; an empty password means that only a one-time token signs in. ErrExists, ErrInvalid.
func (u *Users) Add(id, name string, role Role, password string) error {
	return u.edit(func(people []record) ([]record, error) {
		if slices.ContainsFunc(people, func(r record) bool { return r.ID == id }) {
			return nil, fmt.Errorf("user %q: %w", id, ErrExists)
		}
		r := record{ID: id, Name: name, Role: role}
		if name == "" {
			r.Name = id
		}
		if err := u.renew(&r, password); err != nil {
			return nil, err
		}
		return append(people, r), nil
	})
}

// Edit says what Set changes; a nil field stays as it is.
type Edit struct {
	Name     *string
	Role     *Role
	Password *string
	Badge    *string // what a scanner reads from their card; empty takes it away
}

// Set edits a person and ends all their sessions. ErrUnknown, ErrInvalid.
func (u *Users) Set(id string, e Edit) error {
	return u.edit(func(people []record) ([]record, error) {
		i := slices.IndexFunc(people, func(r record) bool { return r.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("user %q: %w", id, ErrUnknown)
		}
		r := &people[i]
		if e.Name != nil {
			r.Name = *e.Name
		}
		if e.Role != nil {
			r.Role = *e.Role
		}
		password := ""
		if e.Password != nil {
			password, r.Hash = *e.Password, ""
		}
		if e.Badge != nil {
			if err := u.giveBadge(people, i, *e.Badge); err != nil {
				return nil, err
			}
		}
		return people, u.renew(r, password)
	})
}

// Remove takes a person away and ends all their sessions. Labels keep their name. ErrUnknown.
func (u *Users) Remove(id string) error {
	return u.edit(func(people []record) ([]record, error) {
		i := slices.IndexFunc(people, func(r record) bool { return r.ID == id })
		if i < 0 {
			return nil, fmt.Errorf("user %q: %w", id, ErrUnknown)
		}
		return slices.Delete(people, i, i+1), nil
	})
}

// renew checks the record, hashes the password unless it is empty, and gives a new stamp.
func (u *Users) renew(r *record, password string) error {
	if err := checkRecord(r, password); err != nil {
		return err
	}
	stamp := make([]byte, 8)
	if _, err := io.ReadFull(u.Rand, stamp); err != nil {
		return fmt.Errorf("stamp: %w", err)
	}
	r.Stamp, r.Changed = hex.EncodeToString(stamp), u.Now().UnixNano()
	if password == "" {
		return nil
	}
	hash, err := hashPassword(u.Rand, password)
	r.Hash = hash
	return err
}

// edit changes the newest list under a lock that other processes respect, and returns after the new one is on disk.
func (u *Users) edit(change func([]record) ([]record, error)) error {
	unlock, err := lockFile(filepath.Join(u.Dir, usersFile+".lock"))
	if err != nil {
		return err
	}
	defer unlock()
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.refreshLocked(); err != nil {
		return err
	}
	people, err := change(slices.Clone(u.people))
	if err != nil {
		return err
	}
	slices.SortFunc(people, func(a, b record) int { return strings.Compare(a.ID, b.ID) })
	text, err := json.MarshalIndent(people, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", usersFile, err)
	}
	return replaceFile(filepath.Join(u.Dir, usersFile), append(text, '\n'))
}

// all returns everybody. The caller must not change the list.
func (u *Users) all() ([]record, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	err := u.refreshLocked()
	return u.people, err
}

func (u *Users) find(id string) (record, bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.refreshLocked(); err != nil {
		return record{}, false, err
	}
	for _, r := range u.people {
		if r.ID == id {
			return r, true, nil
		}
	}
	return record{}, false, nil
}

// refreshLocked reads the file again when it is not the one that was read last.
func (u *Users) refreshLocked() error {
	path := filepath.Join(u.Dir, usersFile)
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		u.seen, u.people = nil, nil
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", usersFile, err)
	}
	if old := u.seen; old != nil && os.SameFile(old, now) && old.ModTime().Equal(now.ModTime()) && old.Size() == now.Size() {
		return nil
	}
	if now.Size() > maxUsersFile {
		return fmt.Errorf("%w: %s has %d bytes, at most %d", ErrDamaged, path, now.Size(), maxUsersFile)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", usersFile, err)
	}
	people, err := parseUsers(text)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, path, err)
	}
	u.seen, u.people = now, people
	return nil
}

func parseUsers(text []byte) ([]record, error) {
	var people []record
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&people); err != nil {
		return nil, err
	}
	for i := range people {
		if err := checkRecord(&people[i], ""); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return people, nil
}
