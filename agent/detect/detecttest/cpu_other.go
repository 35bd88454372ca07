//go:build !unix

package detecttest

import "time"

// cpu is the time that has gone by, where the system tells no better.
func cpu() time.Duration { return time.Since(time.Unix(0, 0)) }
