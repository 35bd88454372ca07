// Package timestamp reads points in time the way devices, file names and tables write them: RFC 3339, or a number since 1970 in seconds,
// milliseconds, microseconds or nanoseconds.
package timestamp

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Format says how a time is written.
type Format string

const (
	Auto    Format = ""         // RFC 3339, or a number whose magnitude tells the unit
	RFC3339 Format = "rfc3339"  // with a zone; 'T' or a blank between date and time
	UnixS   Format = "unix_s"   // seconds, a fraction is allowed
	UnixMs  Format = "unix_ms"  // milliseconds
	UnixUs  Format = "unix_us"  // microseconds
	UnixNs  Format = "unix_ns"  // nanoseconds
	Local   Format = "datetime" // 2006-01-02 15:04:05 with an optional fraction, in a named location
)

// ErrTime marks text that is no time, or a time that does not fit into int64 nanoseconds since 1970.
var ErrTime = errors.New("not a time")

// Known reports whether f is one of the formats above.
func Known(f Format) bool {
	switch f {
	case Auto, RFC3339, UnixS, UnixMs, UnixUs, UnixNs, Local:
		return true
	}
	return false
}

// Parse returns UTC nanoseconds since 1970, always above zero. loc, which may be nil for UTC, is only for times written without a zone,
// which Auto and Local allow. Every error wraps ErrTime.
func Parse(text string, f Format, loc *time.Location) (int64, error) {
	text = strings.TrimSpace(text)
	switch f {
	case UnixS, UnixMs, UnixUs, UnixNs:
		return unix(text, decimals(f))
	case RFC3339:
		return zoned(text)
	case Local:
		return local(text, loc)
	case Auto:
		return auto(text, loc)
	}
	return 0, fmt.Errorf("%w: unknown format %q", ErrTime, f)
}

func auto(text string, loc *time.Location) (int64, error) {
	if ns, err := zoned(text); err == nil {
		return ns, nil
	}
	if ns, err := local(text, loc); err == nil {
		return ns, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %.40q", ErrTime, text)
	}
	return unix(text, magnitude(v))
}

// magnitude tells the unit of a number since 1970 by its size: up to the year 5138 in seconds, and from 1973 on in the finer units.
func magnitude(v float64) int {
	switch {
	case v < 1e11:
		return 9
	case v < 1e14:
		return 6
	case v < 1e17:
		return 3
	}
	return 0
}

// decimals is the power of ten from the unit to nanoseconds.
func decimals(f Format) int {
	return map[Format]int{UnixS: 9, UnixMs: 6, UnixUs: 3}[f]
}

// unix reads a plain decimal exactly, because a float64 holds today's seconds to 240 ns only. A number with an exponent has no such
// digits and goes through float64.
func unix(text string, decimals int) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.ContainsAny(text, "eE") {
		return fromFloat(text, decimals)
	}
	if whole == "" || strings.Trim(whole, "0123456789") != "" || strings.Trim(fraction, "0123456789") != "" {
		return 0, fmt.Errorf("%w: %.40q", ErrTime, text)
	}
	fraction = (fraction + "000000000")[:decimals]
	ns, err := strconv.ParseInt(whole+fraction, 10, 64)
	return positive(ns, err, text)
}

func fromFloat(text string, decimals int) (int64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v*math.Pow10(decimals) < math.MaxInt64) {
		return 0, fmt.Errorf("%w: %.40q", ErrTime, text)
	}
	return positive(int64(v*math.Pow10(decimals)), nil, text)
}

func zoned(text string) (int64, error) {
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	return fromTime(t, err, text)
}

func local(text string, loc *time.Location) (int64, error) {
	if loc == nil {
		loc = time.UTC
	}
	if len(text) > 10 && text[10] == 'T' {
		text = text[:10] + " " + text[11:]
	}
	t, err := time.ParseInLocation(time.DateTime, text, loc)
	return fromTime(t, err, text)
}

// FromTime returns t as UTC nanoseconds, or an error that wraps ErrTime when it lies outside of what they hold.
func FromTime(t time.Time) (int64, error) { return fromTime(t, nil, t.String()) }

func fromTime(t time.Time, err error, text string) (int64, error) {
	if err == nil && (t.Year() < 1970 || t.Year() > 2261) {
		err = ErrTime
	}
	return positive(t.UnixNano(), err, text)
}

func positive(ns int64, err error, text string) (int64, error) {
	if err != nil || ns <= 0 {
		return 0, fmt.Errorf("%w: %.40q", ErrTime, text)
	}
	return ns, nil
}
