package plan

import (
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/detect"
	"edgelabel/agent/detect/vibration"
	"edgelabel/agent/label"
	"edgelabel/agent/pipeline"
	"edgelabel/agent/series"
)

// derived adds the signals that are derived from blocks of vibration. One that the configuration names itself takes what it lacks.
func derived(cfg *config.Config, all []pipeline.Tag) []pipeline.Tag {
	at := map[string]int{}
	for i, t := range all {
		at[t.ID] = i
	}
	for i, t := range cfg.Tags {
		if t.Vibration == nil {
			continue
		}
		f, err := vibration.New(all[i].Tag, t.Vibration.Config(cfg.Tags))
		if err != nil {
			continue // the configuration was checked with the same
		}
		all[i].Features = f
		for _, d := range f.Tags() {
			if k, named := at[d.ID]; named {
				all[k].Tag = merged(all[k].Tag, d)
				continue
			}
			p := pipeline.Tag{Tag: d, Scale: 1, MaxDelay: time.Duration(t.MaxDelay)}
			if z := t.Vibration.Zones; z != nil && d.ID == t.ID+".velocity" {
				p.Rules = []detect.Rule{zones(d, z)}
			}
			all = append(all, p)
		}
	}
	return all
}

func merged(own, d series.Tag) series.Tag {
	own.Source, own.Asset, own.Unit = d.Source, d.Asset, d.Unit
	if own.Name == own.ID {
		own.Name = d.Name
	}
	return own
}

// zones watches the boundaries of zones C and D (ISO 20816-1): above them a machine is not fit for long, or is being damaged.
func zones(t series.Tag, z *config.Zones) detect.Rule {
	return detect.Rule{
		Name: t.ID + ".zones", Kind: detect.Limit, H: &z.BC, HH: &z.CD, OnDelay: time.Duration(z.OnDelay), Refractory: detect.DefaultRefractory,
		About: label.Text{ZH: t.Name + "（上限为 B/C 区界，上上限为 C/D 区界）", EN: t.Name + " (high is the boundary of zones B and C, high-high of C and D)"},
	}
}
