//go:build failpoints

package agent

import (
	"context"
	"io"
	"strings"

	"edgelabel/store/failpoint"
	"edgelabel/sync/uplink"
)

// stumbling lets a test end the process between two writes to a central store.
func stumbling(t uplink.Target) uplink.Target { return stumbler{t} }

type stumbler struct{ uplink.Target }

func (s stumbler) PutIfAbsent(ctx context.Context, key string, body io.ReadSeeker, size int64, sha256 string) (bool, error) {
	manifest := strings.Contains(key, "/commits/")
	if manifest {
		failpoint.Hit(failpoint.ManifestNext)
	}
	existed, err := s.Target.PutIfAbsent(ctx, key, body, size, sha256)
	if manifest {
		failpoint.Hit(failpoint.ManifestPut)
	} else {
		failpoint.Hit(failpoint.ObjectPut)
	}
	return existed, err
}
