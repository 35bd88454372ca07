package failpoint_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"edgelabel/store/failpoint"
)

// TestFormatListsEveryPoint holds that the page about the bytes on disk names each moment at which a process is killed, and no other.
func TestFormatListsEveryPoint(t *testing.T) {
	page, err := os.ReadFile("../FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "## Failpoints")
	if !found {
		t.Fatal("FORMAT.md has no section on failpoints")
	}
	table, _, _ = strings.Cut(table, "\n## ")
	var listed []failpoint.Point
	for i, part := range strings.Split(table, "`") {
		if i%2 == 1 && strings.Count(part, "/") == 1 && !strings.ContainsAny(part, " .=") {
			listed = append(listed, failpoint.Point(part))
		}
	}
	slices.Sort(listed)
	all := slices.Sorted(slices.Values(failpoint.All()))
	if !slices.Equal(listed, all) {
		t.Errorf("FORMAT.md lists\n%v\nthe program has\n%v", listed, all)
	}
}
