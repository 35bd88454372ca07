//go:build !failpoints

package failpoint

// Enabled says whether there is anything behind the points.
const Enabled = false

// Hit does nothing in this build.
func Hit(Point) {}

// Broken keeps every promise in this build.
func Broken(Point) bool { return false }

// Size is the size that the program has in this build.
func Size(_ Point, otherwise int64) int64 { return otherwise }
