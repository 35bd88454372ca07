package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Stream is a JSON file that grows piece by piece.
type Stream struct {
	f *os.File
	w *bufio.Writer
	n int // values in the array that is open
}

// NewStream makes the file.
func NewStream(file string) (*Stream, error) {
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	return &Stream{f: f, w: bufio.NewWriterSize(f, 64<<10)}, nil
}

// Text writes JSON punctuation as it is and begins a new array. Errors come out at Close.
func (s *Stream) Text(format string, args ...any) {
	fmt.Fprintf(s.w, format, args...) // a bufio.Writer keeps its first error
	s.n = 0
}

// Add writes the array's next value, on a line of its own.
func (s *Stream) Add(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if s.n++; s.n > 1 {
		b = append([]byte(",\n"), b...)
	}
	_, err = s.w.Write(b)
	return err
}

// Write copies bytes as they are.
func (s *Stream) Write(b []byte) (int, error) { return s.w.Write(b) }

// Close writes what is left.
func (s *Stream) Close() error { return errors.Join(s.w.Flush(), s.f.Close()) }

// lossFile is loss.json: what the labels say and the dataset does not.
type lossFile struct {
	s *Stream
	n int
}

func newLossFile(file, format string, drops []string) (*lossFile, error) {
	head, err := json.Marshal(append([]string{}, drops...))
	if err != nil {
		return nil, err
	}
	s, err := NewStream(file)
	if err != nil {
		return nil, err
	}
	s.Text("{\"format\":%q,\n\"drops\":%s,\n\"lost\":[\n", format, head)
	return &lossFile{s: s}, nil
}

func (l *lossFile) add(x Lost) error {
	l.n++
	return l.s.Add(x)
}

func (l *lossFile) close(s Summary) error {
	sum, err := json.Marshal(s)
	l.s.Text("\n],\n\"summary\":%s}\n", sum)
	return errors.Join(err, l.s.Close())
}
