package onnx

import (
	"regexp"
	"strconv"
)

var named = regexp.MustCompile(`(\d{1,4})\s*:\s*(?:'([^']*)'|"([^"]*)")`)

// ParseNames reads the classes that exporters write into a file, such as {0: 'scratch', 1: 'dent'}. What it cannot read is no name.
func ParseNames(text string) []string {
	var all []string
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		i, err := strconv.Atoi(m[1])
		if err != nil {
			continue
		}
		for len(all) <= i {
			all = append(all, "#"+strconv.Itoa(len(all)))
		}
		all[i] = m[2] + m[3]
	}
	return all
}
