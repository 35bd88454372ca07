package camera

import "time"

// ErrSidecar is what a sidecar of which nothing can be read gives.
var ErrSidecar = errSidecar

// ReadSidecar is the content of a sidecar on its own.
func ReadSidecar(s Sidecar, data []byte) (part string, taken int64, err error) {
	m, err := s.read(data, time.UTC)
	return m.part, m.taken, err
}

// ReadName is the file-name pattern on its own.
func ReadName(text, layout string, loc *time.Location, name string) (part, result string, taken int64, ok bool, err error) {
	p, err := parsePattern(text, layout, loc)
	if err != nil {
		return "", "", 0, false, err
	}
	m, ok := p.read(name)
	return m.part, m.result, m.taken, ok, nil
}
