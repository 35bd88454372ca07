package config

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration that reads Go's notation and whole days: "500ms", "1h30m", "7d".
type Duration time.Duration

// parse accepts a value of a known shape or says what was expected.
func (d *Duration) parse(s string) error {
	text := s
	var days time.Duration
	if head, tail, ok := strings.Cut(s, "d"); ok && head != "" && strings.IndexFunc(head, notDigit) < 0 {
		n, err := strconv.Atoi(head)
		if err != nil || n > 36500 {
			return fmt.Errorf("%q is not a duration: at most 36500d", text)
		}
		days, s = time.Duration(n)*24*time.Hour, tail
	}
	var rest time.Duration
	if s != "" || days == 0 {
		var err error
		if rest, err = time.ParseDuration(s); err != nil {
			return fmt.Errorf("%q is not a duration: want a number with a unit, such as 500ms, 2s, 1h30m or 7d", text)
		}
	}
	*d = Duration(days + rest)
	return nil
}

func (d Duration) String() string { return time.Duration(d).String() }

func notDigit(r rune) bool { return r < '0' || r > '9' }

// ByteSize is a number of bytes, written with a unit: "512KiB", "8MiB", "4GiB" (powers of 1024) or "2GB" (powers of 1000).
type ByteSize int64

var byteUnits = map[string]float64{
	"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40,
}

func (b *ByteSize) parse(s string) error {
	cut := strings.IndexFunc(s, func(r rune) bool { return notDigit(r) && r != '.' })
	number, unit := s, ""
	if cut >= 0 {
		number, unit = s[:cut], strings.TrimSpace(s[cut:])
	}
	n, err := strconv.ParseFloat(number, 64)
	factor, known := byteUnits[strings.ToUpper(unit)]
	if err != nil || !known || n*factor > math.MaxInt64/2 {
		return fmt.Errorf("%q is not a size: want a number with a unit, such as 512KiB, 8MiB or 4GiB", s)
	}
	*b = ByteSize(n * factor)
	return nil
}

// Secret is a password, key or token. It is written as ${NAME} (an environment variable) or file:/path (the file's content without the
// newline at its end); a plain text is taken as it is. It never prints.
type Secret struct{ value string }

// NewSecret wraps a value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return s.value }

func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return "***"
}

// GoString keeps %#v from printing the value.
func (s Secret) GoString() string { return s.String() }

// MarshalText keeps encoders from writing the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var environment = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// ParseSecret reads a secret as the configuration has it.
func ParseSecret(text string) (Secret, error) {
	var s Secret
	err := s.parse(text)
	return s, err
}

func (s *Secret) parse(text string) error {
	if m := environment.FindStringSubmatch(text); m != nil {
		value, ok := os.LookupEnv(m[1])
		if !ok || value == "" {
			return fmt.Errorf("environment variable %s is not set", m[1])
		}
		s.value = value
		return nil
	}
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("secret file: %w", err)
		}
		s.value = strings.TrimRight(string(b), "\r\n")
		if s.value == "" {
			return fmt.Errorf("secret file %s is empty", path)
		}
		return nil
	}
	if strings.Contains(text, "${") {
		return fmt.Errorf("want ${NAME} alone, file:/path or a plain text")
	}
	s.value = text
	return nil
}
