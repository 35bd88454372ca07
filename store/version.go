package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"edgelabel/store/frame"
)

// DataVersion is the version of everything that lies in a data directory. It grows when an older program would misread what a newer one
// wrote; a directory without a version is of version 1.
const DataVersion = 1

// ErrNewer is returned for a data directory that a newer program wrote. Nothing in it was touched.
var ErrNewer = errors.New("was written by a newer version of this program")

const versionFile = "version"

// checkVersion refuses a directory whose version this program does not know. known is false where the directory says none.
func checkVersion(dir string) (known bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, versionFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || n < 1 {
		return false, fmt.Errorf("%s: %q is no version", filepath.Join(dir, versionFile), b)
	}
	if n > DataVersion {
		return true, fmt.Errorf("%s %w: version %d, this one knows %d", dir, ErrNewer, n, DataVersion)
	}
	return true, nil
}

// settleVersion checks the version and writes it where there is none.
func settleVersion(dir string) error {
	known, err := checkVersion(dir)
	if known || err != nil {
		return err
	}
	return frame.WriteFile(filepath.Join(dir, versionFile), strings.NewReader(strconv.Itoa(DataVersion)+"\n"))
}
