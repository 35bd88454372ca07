package helper

import (
	"bytes"
	"errors"
	"sync"
)

// mostWords is how much of a program's last line is kept.
const mostWords = 1 << 10

// lastLine keeps the last line that was written to it and has something in it.
type lastLine struct {
	mu   sync.Mutex
	line []byte
	open bool // the line goes on
}

func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for part := range bytes.Lines(p) {
		text := bytes.TrimSpace(part)
		if !l.open && len(text) > 0 {
			l.line = l.line[:0]
		}
		l.line = append(l.line, text[:min(len(text), mostWords-len(l.line))]...)
		l.open = !bytes.HasSuffix(part, []byte("\n"))
	}
	return len(p), nil
}

// error is the line; nil when nothing was said.
func (l *lastLine) error() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.line) == 0 {
		return nil
	}
	return errors.New(string(l.line))
}
