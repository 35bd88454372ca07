package detect

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"edgelabel/agent/series"
)

// Named is what people call the signal.
func Named(tag series.Tag) string {
	if tag.Name != "" {
		return tag.Name
	}
	return tag.ID
}

// Quantity writes a value with its unit, to four digits: "512 kN".
func Quantity(v float64, unit string) string {
	s := number(v)
	if unit == "" {
		return s
	}
	return s + " " + unit
}

func number(v float64) string {
	if a := math.Abs(v); a >= 1e7 || a < 1e-4 && a > 0 {
		return strconv.FormatFloat(v, 'g', 4, 64)
	} else if v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	if err != nil { // cannot be: it was printed a moment ago
		rounded = v
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// Lasted writes a duration as people say it, in zh-CN and en: "2.4 秒" and "2.4 s".
func Lasted(d time.Duration) (zh, en string) {
	switch {
	case d < time.Second:
		ms := number(math.Round(d.Seconds()*1e6) / 1e3)
		return ms + " 毫秒", ms + " ms"
	case d < time.Minute:
		s := number(math.Round(d.Seconds()*10) / 10)
		return s + " 秒", s + " s"
	case d < time.Hour:
		return two(d.Round(time.Second), time.Minute, time.Second, " 分", " 秒", " min", " s")
	}
	return two(d.Round(time.Minute), time.Hour, time.Minute, " 小时", " 分", " h", " min")
}

func two(d, big, small time.Duration, bigZH, smallZH, bigEN, smallEN string) (zh, en string) {
	n, rest := d/big, d%big/small
	zh, en = fmt.Sprint(int64(n), bigZH), fmt.Sprint(int64(n), bigEN)
	if rest > 0 {
		zh, en = fmt.Sprint(zh, " ", int64(rest), smallZH), fmt.Sprint(en, " ", int64(rest), smallEN)
	}
	return zh, en
}
