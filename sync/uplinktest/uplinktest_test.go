package uplinktest_test

import (
	"testing"

	"edgelabel/sync/uplink"
	"edgelabel/sync/uplinktest"
)

func TestMemory(t *testing.T) {
	uplinktest.TestTarget(t, func(*testing.T) uplink.Target { return &uplinktest.Memory{} })
}
