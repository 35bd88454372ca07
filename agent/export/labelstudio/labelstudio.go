// Package labelstudio writes tasks for Label Studio (labelstud.io/guide/task_format): tasks.json and label_config.xml for a project of
// pictures, signals.json and signals_config.xml for one of windows, as every task must have what its project's configuration shows. One task
// for each picture and one for each window; data.item says which belong together. Coordinates are percent of the
// picture; a rotated rectangle is turned about its top left corner; times are milliseconds since 1970, as in windows/.
package labelstudio

import (
	"context"
	"errors"

	"edgelabel/agent/export"
	"edgelabel/agent/export/picture"
	"edgelabel/agent/label"
)

// Drops is what Label Studio has no place for.
func Drops() []string {
	return []string{"earlier label revisions", "machine candidates without regions", "attributes of regions", "nanoseconds: times are whole microseconds"}
}

type task struct {
	Data        data         `json:"data"`
	Annotations []annotation `json:"annotations"`
	Predictions []prediction `json:"predictions,omitempty"`
}

type data struct {
	Image   string        `json:"image,omitempty"`
	Series  *string       `json:"ts,omitempty"` // "" for a window whose samples are not in the dataset
	Item    string        `json:"item"`
	Part    string        `json:"part,omitempty"`
	Asset   string        `json:"asset,omitempty"`
	Machine label.Verdict `json:"machine"`
	By      string        `json:"labelled_by"`
	Split   string        `json:"split,omitempty"`
	Fault   *label.Fault  `json:"fault,omitempty"`
}

type annotation struct {
	UniqueID string   `json:"unique_id"`
	Lead     float64  `json:"lead_time,omitempty"` // s
	Result   []result `json:"result"`
}

type prediction struct {
	Model  string   `json:"model_version"`
	Score  float64  `json:"score"`
	Result []result `json:"result"`
}

// result is one control's answer. Only shapes have original sizes.
type result struct {
	ID       string         `json:"id"`
	From     string         `json:"from_name"`
	To       string         `json:"to_name"`
	Type     string         `json:"type"`
	Width    int            `json:"original_width,omitempty"`
	Height   int            `json:"original_height,omitempty"`
	Rotation *float64       `json:"image_rotation,omitempty"`
	Value    map[string]any `json:"value"`
}

type encoder struct {
	job     export.Job
	tasks   *export.Stream
	signals *export.Stream // nil until there is a window
	shown   *shown
}

// shown is what the windows of all splits have to show.
type shown struct {
	windows bool // there is one
	tags    map[string]bool
}

// Open is the export.Format's. Each split has files of its own, tasks_train.json and so on.
func Open(job export.Job) (export.Encoder, error) {
	if err := writePictures(&job); err != nil {
		return nil, err
	}
	shown := &shown{tags: map[string]bool{}}
	enc, err := export.PerSplit(job, func(job export.Job) (export.Encoder, error) {
		tasks, err := newTasks(&job, "tasks")
		return &encoder{job: job, tasks: tasks, shown: shown}, err
	})
	return project{enc, job, shown}, err
}

// newTasks begins a list of tasks.
func newTasks(job *export.Job, name string) (*export.Stream, error) {
	s, err := export.NewStream(job.File(name, ".json"))
	if err != nil {
		return nil, err
	}
	s.Text("[\n")
	return s, nil
}

// project is the encoder of all splits.
type project struct {
	export.Encoder
	job   export.Job
	shown *shown
}

// Close writes how windows are shown, now that their signals are known.
func (p project) Close() error { return errors.Join(p.Encoder.Close(), writeSignals(&p.job, p.shown)) }

// Encode writes the tasks of an example.
func (e *encoder) Encode(ctx context.Context, x *export.Example) error {
	pictures, err := picture.Of(&e.job, x, picture.Holds{Undecided: true, Signals: true})
	if err != nil {
		return err
	}
	if len(pictures) == 0 && x.Item.Window == nil {
		return x.LostWhole(&e.job, "neither a picture nor a window of the item is there")
	}
	for i := range pictures {
		if err := e.picture(x, &pictures[i]); err != nil {
			return err
		}
	}
	return e.window(ctx, x)
}

func (e *encoder) data(x *export.Example) data {
	return data{Item: x.Item.ID, Part: x.Item.Part.PartID, Asset: x.Item.Place.Asset, Machine: x.Item.Machine, By: x.Label.By.ID, Split: x.Split, Fault: x.Label.Fault}
}

func (e *encoder) picture(x *export.Example, p *picture.Picture) error {
	t := task{Data: e.data(x)}
	t.Data.Image = "/data/local-files/?d=" + p.File
	a := annotation{UniqueID: x.Label.ID + "-" + p.SHA256[:12], Lead: lead(&x.Label), Result: answers(&x.Label, "image")}
	for i := range p.Marks {
		m := &p.Marks[i]
		r, reason := draw(m.Region, p.Width, p.Height)
		if reason != "" {
			if err := m.Lost(&e.job, x, reason); err != nil {
				return err
			}
			continue
		}
		a.Result = append(a.Result, *r)
	}
	t.Annotations = []annotation{a}
	for _, c := range x.Item.Candidates {
		if guess := predict(&c, p); len(guess.Result) > 0 {
			t.Predictions = append(t.Predictions, guess)
		}
	}
	return e.tasks.Add(t)
}

// predict shows what a detector proposed on a picture, as far as Label Studio can.
func predict(c *label.Candidate, p *picture.Picture) prediction {
	out := prediction{Model: c.Detector, Score: c.Score}
	for i := range c.Regions {
		if r := &c.Regions[i]; r.Image == p.SHA256 && r.Class != "" {
			if drawn, reason := draw(r, p.Width, p.Height); reason == "" {
				out.Result = append(out.Result, *drawn)
			}
		}
	}
	return out
}

// lead is how long the person looked.
func lead(l *label.Label) float64 {
	if l.Opened == 0 || l.Decided < l.Opened {
		return 0
	}
	return float64(l.Decided-l.Opened) / 1e9
}

// answers are the judgements on the whole.
func answers(l *label.Label, to string) []result {
	out := []result{{ID: "verdict", From: "verdict_" + to, To: to, Type: "choices", Value: map[string]any{"choices": []string{l.Verdict.String()}}}}
	if len(l.Classes) > 0 {
		out = append(out, result{ID: "classes", From: "classes_" + to, To: to, Type: "choices", Value: map[string]any{"choices": l.Classes}})
	}
	if l.Comment != "" {
		out = append(out, result{ID: "comment", From: "comment_" + to, To: to, Type: "textarea", Value: map[string]any{"text": []string{l.Comment}}})
	}
	return out
}

// Close ends the files.
func (e *encoder) Close() error {
	e.tasks.Text("\n]\n")
	if e.signals == nil {
		return e.tasks.Close()
	}
	e.signals.Text("\n]\n")
	return errors.Join(e.tasks.Close(), e.signals.Close())
}
