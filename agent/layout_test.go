package agent_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the architecture: which packages of this module a package may import. A key that ends in /... covers the folder and all
// below it; the longest key wins. Standard library and drivers are judged by importers.
var mayImport = map[string][]string{
	"agent":            {"..."},
	"agent/cmd/...":    {"..."},
	"agent/e2e":        {"..."},
	"agent/series/...": {},
	"agent/label":      {"agent/series"},
	"agent/journal":    {},
	"agent/config":     {"agent/...", "collectors/...", "store", "sync/...", "ui/auth"}, // whose defaults and checks it uses
	"agent/plan":       {"agent/config", "agent/series", "agent/label", "agent/detect/...", "agent/pipeline"},
	"agent/sources":    {"agent/config", "agent/series", "agent/plan", "collectors/..."},
	"agent/pipeline":   {"agent/series/...", "agent/label", "agent/detect"},
	"agent/results":    {"agent/label", "agent/journal"},
	"agent/shelf":      {},
	"agent/gauge":      {"agent/label", "agent/vision/folder", "collectors/camera"},
	"agent/control":    {"agent/label", "sync/uplink"},
	"agent/centre": {"agent/config", "agent/control", "agent/plan", "agent/pipeline", "agent/label", "agent/detect", "agent/learn/...", "agent/vision/...",
		"ui"}, // whose rules it changes as the page does
	"agent/drill":      {"agent/label", "sync/uplink"},
	"agent/share":      {"agent/series", "agent/label", "agent/journal", "agent/export/...", "sync/uplink"},
	"agent/demo":       {"configs"},
	"agent/detect/...": {"agent/series", "agent/label", "agent/detect/..."},
	"agent/vision/...": {"agent/series", "agent/label", "agent/detect/keep", "agent/vision/..."},
	"agent/learn/...":  {"agent/series", "agent/label", "agent/detect/...", "agent/vision/...", "agent/learn/..."},
	"agent/export/...": {"agent/series", "agent/label", "agent/journal", "agent/export/..."},
	"collectors/...":   {"agent/series", "collectors/..."},
	"store/...":        {"agent/series/...", "agent/label", "agent/journal", "store/..."},
	"sync/...":         {"agent/series", "agent/label", "agent/journal", "sync/..."},
	"ui/...":           {"agent/series", "agent/label", "agent/export/...", "ui/..."},
	"configs":          {},
}

// importers names the folders that may import a driver: one for each, and agent/demo where it plays the peer.
var importers = map[string][]string{
	"go.etcd.io/bbolt":                    {"store"},
	"github.com/gopcua/opcua":             {"collectors/opcua", "agent/demo"},
	"github.com/bluenviron/gortsplib/v5":  {"collectors/camera/rtsp"},
	"github.com/eclipse/paho.mqtt.golang": {"collectors/mqtt", "agent/demo"},
	"google.golang.org/protobuf":          {"collectors/sparkplug", "agent/export/tfrecord", "agent/vision/onnx/onnxtest"},
	"github.com/minio/minio-go/v7":        {"sync/s3"},
	"github.com/jackc/pgx/v5":             {"sync/postgres"},
	"github.com/gorilla/websocket":        {"ui/live"},
	"github.com/mochi-mqtt/server/v2":     {"agent/demo"},
	"github.com/expr-lang/expr":           {"agent/detect/formula"},
	"github.com/yalue/onnxruntime_go":     {"agent/cmd/edgelabel-onnx"},
}

func TestImportMap(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}\t{{join .Imports \" \"}}", "edgelabel/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		path, imports, _ := strings.Cut(strings.TrimSpace(line), "\t")
		pkg := strings.TrimPrefix(path, "edgelabel/")
		allowed, ok := rule(pkg)
		if !ok {
			t.Errorf("%s: no rule in mayImport", pkg)
		}
		for _, imp := range strings.Fields(imports) {
			if own, inside := strings.CutPrefix(imp, "edgelabel/"); inside {
				if !slices.ContainsFunc(allowed, func(pattern string) bool { return covers(pattern, own) }) {
					t.Errorf("%s imports %s, which is against the direction of the data", pkg, own)
				}
				continue
			}
			for driver, owners := range importers {
				if (imp == driver || strings.HasPrefix(imp, driver+"/")) && !slices.Contains(owners, pkg) {
					t.Errorf("%s imports %s, which only %v may", pkg, driver, owners)
				}
			}
		}
	}
}

func rule(pkg string) ([]string, bool) {
	best, found := "", false
	for key := range mayImport {
		if covers(key, pkg) && (!found || len(key) > len(best)) {
			best, found = key, true
		}
	}
	return mayImport[best], found
}

func covers(pattern, pkg string) bool {
	folder, deep := strings.CutSuffix(pattern, "/...")
	return pattern == "..." || pkg == pattern || deep && (pkg == folder || strings.HasPrefix(pkg, folder+"/"))
}

// TestTopLevel holds that a newcomer sees the architecture from the first listing.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Fields("agent collectors store sync ui configs go.mod go.sum Makefile README.md LICENSE bin edgelabel-data")
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(allowed, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}
