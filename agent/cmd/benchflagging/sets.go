package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// set is a family of recordings with ground truth.
type set struct {
	name  string
	truth string
	flags []string // of the scorer
	list  func(truth string) ([]recording, error)
}

// recording is one table. What a detector must not see is gone from it.
type recording struct {
	name    string // of the prediction, below the set's folder
	columns []string
	rows    [][]string // values; times are made up, one step a row
	fit     int        // rows known to be normal
	skip    int        // rows that are not scored because they come from elsewhere
	onset   bool       // the row where a candidate opens is the detection, not every row of it
	truth   []string   // id, name, end of training, begin, end, length; UCR only
	faulty  []bool     // by row; for choosing among settings only, no detector sees it
	group   string     // recordings of one kind
	hard    bool       // a fault that is known to be hardly detectable
}

func sets(data, ucr string) []set {
	return []set{
		{name: "nab", truth: filepath.Join(data, "nab", "dev"), flags: []string{"-alarm"}, list: nab},
		{name: "skab", truth: filepath.Join(data, "skab", "dev"), list: skab},
		{name: "tep", truth: filepath.Join(data, "tep", "dev"), list: tep},
		{name: "ucr", truth: ucr, list: ucrSeries},
	}
}

// nab lists single series; the first 15 %, at most 750 rows, are for learning.
func nab(truth string) ([]recording, error) {
	b, err := os.ReadFile(filepath.Join(truth, "windows.json"))
	if err != nil {
		return nil, err
	}
	var windows map[string]json.RawMessage
	if err := json.Unmarshal(b, &windows); err != nil {
		return nil, fmt.Errorf("windows.json: %w", err)
	}
	var all []recording
	for name := range windows {
		head, rows, err := table(filepath.Join(truth, name), ',')
		if err != nil {
			return nil, err
		}
		all = append(all, recording{
			name: name, columns: head[1:2], rows: cut(rows, 1, 2), fit: min(len(rows)*15/100, 750), onset: true,
		})
	}
	slices.SortFunc(all, func(a, b recording) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// skab lists the test bed's recordings; the last two columns are the truth.
func skab(truth string) ([]recording, error) {
	files, err := filepath.Glob(filepath.Join(truth, "*", "*.csv"))
	var all []recording
	for _, file := range files {
		if strings.Contains(file, "anomaly-free") {
			continue
		}
		head, rows, err := table(file, ';')
		if err != nil {
			return nil, err
		}
		last := len(head) - 2
		name, err := filepath.Rel(truth, file)
		if err != nil {
			return nil, err
		}
		all = append(all, recording{
			name: name, columns: head[1:last], rows: cut(rows, 1, last), fit: 400, faulty: marked(rows, last), group: filepath.Dir(name),
		})
	}
	return all, err
}

// tep lists the simulated process; every test follows on the normal rows.
func tep(truth string) ([]recording, error) {
	head, normal, err := table(filepath.Join(truth, "normal_train.csv"), ',')
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(truth, "*_test.csv"))
	var all []recording
	for _, file := range files {
		theirs, rows, err := table(file, ',')
		if err != nil {
			return nil, err
		}
		until := slices.Index(theirs, "anomaly")
		if until < 0 {
			return nil, fmt.Errorf("%s: no column anomaly", file)
		}
		if i := slices.Index(head, "anomaly"); i >= 0 && i != until {
			return nil, fmt.Errorf("%s: other columns than in normal_train.csv", file)
		}
		name := filepath.Base(file)
		all = append(all, recording{
			name: name, columns: theirs[1:until], rows: append(cut(normal, 1, until), cut(rows, 1, until)...),
			fit: len(normal), skip: len(normal), faulty: append(make([]bool, len(normal)), marked(rows, until)...), group: name,
			hard: slices.Contains([]string{"fault03_test.csv", "fault09_test.csv", "fault15_test.csv"}, name),
		})
	}
	return all, err
}

// ucrSeries lists single series whose names say what is in them.
func ucrSeries(truth string) ([]recording, error) {
	files, err := filepath.Glob(filepath.Join(truth, "*_UCR_Anomaly_*.txt"))
	var all []recording
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		parts := strings.Split(strings.TrimSuffix(filepath.Base(file), ".txt"), "_")
		n := len(parts)
		fit, err := strconv.Atoi(parts[n-3])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		r := recording{name: parts[0] + ".csv", columns: []string{"value"}, fit: fit}
		for v := range strings.FieldsSeq(string(b)) {
			r.rows = append(r.rows, []string{v})
		}
		if len(r.rows) == 0 {
			continue
		}
		r.truth = []string{parts[0], parts[n-4], parts[n-3], parts[n-2], parts[n-1], strconv.Itoa(len(r.rows))}
		all = append(all, r)
	}
	return all, err
}

func writeTruth(dir string, all []recording) error {
	f, err := os.Create(filepath.Join(dir, "truth.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	w := csv.NewWriter(f)
	lines := [][]string{{"id", "name", "train_end", "begin", "end", "length"}}
	for _, r := range all {
		lines = append(lines, r.truth)
	}
	return w.WriteAll(lines)
}

func table(path string, comma rune) (head []string, rows [][]string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = comma, -1
	all, err := r.ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%s: empty", path)
	}
	return all[0], all[1:], nil
}

// marked are the rows with a 1 in a column.
func marked(rows [][]string, column int) []bool {
	out := make([]bool, len(rows))
	for i, row := range rows {
		v, err := strconv.ParseFloat(row[column], 64)
		out[i] = err == nil && v == 1
	}
	return out
}

// cut keeps the columns from a up to b.
func cut(rows [][]string, a, b int) [][]string {
	out := make([][]string, len(rows))
	for i, row := range rows {
		out[i] = row[min(a, len(row)):min(b, len(row))]
	}
	return out
}
