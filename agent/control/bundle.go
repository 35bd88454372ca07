// Package control brings word from the centre to a gateway: signed bundles with a taxonomy, rules, models, and labels of reviewers and
// partners, which the gateway fetches, checks, tries and answers for. README.md draws the format.
package control

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"edgelabel/agent/label"
)

// Format is the version of bundles that this program writes and reads.
const Format = 1

// MaxBundle bounds an envelope, in bytes.
const MaxBundle = 16 << 20

// preface is signed before the payload, so that a signature for something else is none here.
const preface = "edgelabel control 1\n"

// Why a bundle is refused for good.
var (
	ErrBundle    = errors.New("not a bundle")
	ErrSignature = errors.New("signature does not fit")
	ErrExpired   = errors.New("expired")
	ErrOther     = errors.New("for somebody else")
	ErrReplayed  = errors.New("not newer than what was applied before")
	ErrNotHis    = errors.New("the sender may not do this")
)

// Bundle is what a sender wants of a gateway.
type Bundle struct {
	Version  uint64 `json:"version"`           // each of a sender is higher than the one before
	Gateway  string `json:"gateway,omitempty"` // empty: every one
	Created  int64  `json:"created"`           // UTC ns
	NotAfter int64  `json:"not_after"`         // UTC ns: refused from then on
	Comment  string `json:"comment,omitempty"`

	Task   *label.Text `json:"task,omitempty"` // what people are asked to do: a part of the next revision
	Labels []Opinion   `json:"labels,omitempty"`
	Change
	Trial *Trial `json:"trial,omitempty"` // nil: as Trial says
}

// Opinion is a label that somebody elsewhere made.
type Opinion struct {
	ID     string             `json:"id"` // unique with the sender: the same again changes nothing
	Item   string             `json:"item"`
	By     label.Person       `json:"by"`     // the gateway puts the sender's name before the id
	Result label.ReviewResult `json:"result"` // second, agree, correct or send_back; of an item without a label it does not count
	Label  label.Draft        `json:"label"`  // its parent, taxonomy and review are the gateway's own
}

// envelope is a bundle as it travels.
type envelope struct {
	Format    int    `json:"format"`
	Key       string `json:"key"`       // of the signer, see KeyID
	Payload   []byte `json:"payload"`   // a Bundle as JSON, in base64
	Signature []byte `json:"signature"` // ed25519 over preface and payload, in base64
}

// Seal signs a bundle.
func Seal(b Bundle, key ed25519.PrivateKey) ([]byte, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	payload, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("key: want ed25519")
	}
	e := envelope{Format, KeyID(public), payload, ed25519.Sign(key, append([]byte(preface), payload...))}
	out, err := json.MarshalIndent(e, "", " ")
	return append(out, '\n'), err
}

// Open checks a sealed bundle's signature before it reads what was signed. The error wraps ErrBundle or ErrSignature.
func Open(sealed []byte, key ed25519.PublicKey) (*Bundle, error) {
	e, err := unwrap(sealed)
	if err != nil {
		return nil, err
	}
	if !ed25519.Verify(key, append([]byte(preface), e.Payload...), e.Signature) {
		return nil, fmt.Errorf("%w: signed with key %q, want %q", ErrSignature, e.Key, KeyID(key))
	}
	return e.bundle()
}

// Peek reads a sealed bundle without asking who signed it: for whoever carries it, never for whoever applies it.
func Peek(sealed []byte) (*Bundle, error) {
	e, err := unwrap(sealed)
	if err != nil {
		return nil, err
	}
	return e.bundle()
}

func unwrap(sealed []byte) (e envelope, err error) {
	if err := strict(sealed, &e); err != nil {
		return e, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if e.Format != Format {
		return e, fmt.Errorf("%w: format %d, this program reads %d", ErrBundle, e.Format, Format)
	}
	return e, nil
}

func (e *envelope) bundle() (*Bundle, error) {
	b := &Bundle{}
	if err := strict(e.Payload, b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	return b, b.check()
}

// strict reads one JSON value and nothing that it does not know.
func strict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}

func (b *Bundle) check() error {
	if b.Version == 0 || b.NotAfter <= b.Created || b.empty() {
		return fmt.Errorf("%w: want a version, a not_after behind created, and a taxonomy, a task, labels, rules or models", ErrBundle)
	}
	if err := (&label.Taxonomy{Task: b.task()}).Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if err := errors.Join(b.Change.check(), b.Trial.check(&b.Change)); err != nil {
		return fmt.Errorf("%w: %w", ErrBundle, err)
	}
	for i, o := range b.Labels {
		if o.ID == "" || o.Item == "" || o.By.ID == "" {
			return fmt.Errorf("%w: labels[%d]: want id, item and by.id", ErrBundle, i)
		}
	}
	return nil
}

func (b *Bundle) empty() bool {
	return b.Task == nil && len(b.Labels) == 0 && b.Change.empty()
}

func (b *Bundle) task() label.Text {
	if b.Task == nil {
		return label.Text{}
	}
	return *b.Task
}

// suits reports why a bundle is not for this gateway now, or nil.
func (b *Bundle) suits(gateway string, now time.Time, version uint64) error {
	switch {
	case b.Gateway != "" && b.Gateway != gateway:
		return fmt.Errorf("%w: %s", ErrOther, b.Gateway)
	case b.Version != version:
		return fmt.Errorf("%w: it says version %d and is filed as %d", ErrBundle, b.Version, version)
	case now.UnixNano() >= b.NotAfter:
		return fmt.Errorf("%w at %s", ErrExpired, time.Unix(0, b.NotAfter).UTC().Format(time.RFC3339))
	}
	return nil
}

// KeyID is how people tell keys apart: the first half of the SHA-256.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

// EncodePublic is a public key as a configuration has it.
func EncodePublic(key ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(key) }

// ParsePublic reads it.
func ParsePublic(text string) (ed25519.PublicKey, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("key %q: want %d bytes in base64, as edgelabel control keygen prints them", text, ed25519.PublicKeySize)
	}
	return b, nil
}

// EncodePrivate is a private key as a file keeps it.
func EncodePrivate(key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(key.Seed()) + "\n"
}

// ParsePrivate reads it.
func ParsePrivate(text []byte) (ed25519.PrivateKey, error) {
	b, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(b) != ed25519.SeedSize {
		return nil, fmt.Errorf("private key: want %d bytes in base64", ed25519.SeedSize)
	}
	return ed25519.NewKeyFromSeed(b), nil
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
