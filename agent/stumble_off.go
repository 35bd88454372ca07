//go:build !failpoints

package agent

import "edgelabel/sync/uplink"

// stumbling is for test builds: see the file beside this one.
func stumbling(t uplink.Target) uplink.Target { return t }
