package camera

import "time"

// ReadName is the file-name pattern on its own.
func ReadName(text, layout string, loc *time.Location, name string) (part, result string, taken int64, ok bool, err error) {
	p, err := parsePattern(text, layout, loc)
	if err != nil {
		return "", "", 0, false, err
	}
	m, ok := p.read(name)
	return m.part, m.result, m.taken, ok, nil
}
