package failpoint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"edgelabel/store/failpoint"
)

// code is what the functions of some folders do to the disk: by "folder/file.go function" the points that they meet and their calls that
// write, sync and name, as they stand there. What is deferred comes last.
func code(t *testing.T, folders ...string) map[string][]string {
	t.Helper()
	steps := make(map[string][]string)
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
					key := filepath.ToSlash(strings.TrimPrefix(path, "../")) + " " + f.Name.Name
					steps[key] = append(steps[key], stepsOf(f.Body)...)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return steps
}

// stepsOf lists the calls that matter in the order in which they run.
func stepsOf(body ast.Node) (list []string) {
	var last []string
	ast.Inspect(body, func(n ast.Node) bool {
		if d, ok := n.(*ast.DeferStmt); ok {
			last = append(stepsOf(d.Call), last...)
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := call.Fun
		if s, ok := name.(*ast.SelectorExpr); ok {
			name = s.Sel
		}
		id, ok := name.(*ast.Ident)
		switch {
		case !ok:
		case id.Name == "Hit":
			list = append(list, call.Args[0].(*ast.SelectorExpr).Sel.Name)
		case slices.Contains([]string{"Copy", "WriteAt", "Sync", "SyncDir", "Rename", "Commit", "WriteFile", "Write"}, id.Name):
			list = append(list, id.Name)
		}
		return true
	})
	return append(list, last...)
}

// names are those that the points have in the code, by their values.
func names(t *testing.T) map[failpoint.Point]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "failpoint.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	byValue := make(map[failpoint.Point]string)
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			byValue[failpoint.Point(strings.Trim(v.Values[0].(*ast.BasicLit).Value, `"`))] = v.Names[0].Name
		}
		return true
	})
	return byValue
}

// TestEveryPointIsMet holds that what the page lists, see TestFormatListsEveryPoint, is met by the code, each in one function only.
func TestEveryPointIsMet(t *testing.T) {
	where := make(map[string][]string)
	for function, steps := range code(t, "..", "../../agent", "../../sync") {
		for _, step := range steps {
			where[step] = append(where[step], function)
		}
	}
	names := names(t)
	for _, point := range failpoint.All() {
		if at := where[names[point]]; len(at) == 0 || slices.ContainsFunc(at, func(f string) bool { return f != at[0] }) {
			t.Errorf("%s is met in %q: want one function", point, at)
		}
	}
	for point, name := range names {
		if strings.Contains(string(point), "/") && !slices.Contains(failpoint.All(), point) {
			t.Errorf("%s is not in the list of all", name)
		}
	}
}

// TestWhatIsSyncedWhen holds the code to the order that the page promises: between which two points something is written, synced and named.
func TestWhatIsSyncedWhen(t *testing.T) {
	steps := code(t, "..")
	for function, want := range map[string]string{
		"frame/log.go Commit":            "WriteAt LogWritten Sync",
		"frame/log.go Create":            "Sync SyncDir",
		"frame/repair.go WriteFile":      "Copy FileWritten Sync FileSynced Rename FileNamed SyncDir",
		"blob/blob.go Write":             "WriteFile BlobStored WriteFile",
		"blob/blob.go makeFolder":        "SyncDir SyncDir",
		"intake.go AddImage":             "Write ImageFiles ImageIndexed",
		"writer.go sync":                 "CommitPlanned Commit CommitLabels Commit CommitJournal",
		"history/write.go write":         "SamplesTaken SamplesSynced SamplesTold",
		"history/seal.go sealOne":        "WriteFile SegmentSealed",
		"index.go createIndex":           "Sync IndexBuilt Rename IndexNamed SyncDir",
		"rewrite.go rewriteJournal":      "Rename SyncDir JournalWritten JournalSwapped",
		"sync.go Freeze":                 "BatchFrozen",
		"sync.go Acknowledge":            "BatchMarked",
		"history/summary.go saveSummary": "WriteFile",
	} {
		got, known := steps[function]
		if text := strings.Join(got, " "); !known || text != want {
			t.Errorf("%s does %q, want %q", function, text, want)
		}
	}
}
