package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"time"

	"edgelabel/agent/config"
	"edgelabel/agent/control"
)

const defaultExpiry = 30 * 24 * time.Hour

// signing is what control sign is told.
type signing struct {
	key, out                              string
	taxonomy, task, labels, rules, extras string
	references                            ofCameras // folders
	files, settings                       ofCameras // of models
	trial                                 time.Duration
	expires                               time.Duration
	bounds                                control.Trial
	bundle                                control.Bundle
}

func controlSign(_ context.Context, w world, args []string) error {
	f := flag.NewFlagSet("control sign", flag.ContinueOnError)
	s := signing{references: ofCameras{}, files: ofCameras{}, settings: ofCameras{}}
	s.flags(f)
	rest, err := parse(f, args, w)
	if err != nil {
		return err
	}
	if s.key == "" || s.out == "" || s.bundle.Version == 0 || len(rest) > 0 {
		return misused("want --key, --version, --out and --taxonomy, --task, --labels, --rules, --new-rules, --references or --onnx")
	}
	if err := s.fill(time.Now()); err != nil {
		return err
	}
	text, err := os.ReadFile(s.key)
	if err != nil {
		return err
	}
	private, err := control.ParsePrivate(text)
	if err != nil {
		return fmt.Errorf("%s: %w", s.key, err)
	}
	sealed, err := control.Seal(s.bundle, private)
	if err != nil {
		return err
	}
	return writeNew(s.out, 0o644, sealed)
}

func (s *signing) flags(f *flag.FlagSet) {
	f.StringVar(&s.key, "key", "", "file with the private key")
	f.StringVar(&s.out, "out", "", "file to write; it must not exist")
	f.StringVar(&s.taxonomy, "taxonomy", "", "YAML file")
	f.StringVar(&s.labels, "labels", "", "file with one opinion a line, see agent/control/README.md")
	f.StringVar(&s.task, "task", "", "YAML file: what people are asked to do, as zh-CN and en")
	f.StringVar(&s.rules, "rules", "", "file with one setting of a rule a line, see agent/control/README.md")
	f.StringVar(&s.extras, "new-rules", "", "file with one rule a line that gateways do not have, see agent/control/README.md")
	f.Func("references", "CAMERA=FOLDER: pictures of good parts; CAMERA= for those of the configuration again. May be there several times", s.references.set)
	f.Func("onnx", "CAMERA=FILE: a model in an .onnx file; CAMERA= for that of the configuration again. May be there several times", s.files.set)
	f.Func("onnx-settings", "CAMERA=FILE: threshold, names and classes that go with --onnx, as a line of JSON, see agent/control/README.md", s.settings.set)
	f.DurationVar(&s.trial, "trial", control.DefaultTrial, "how long what changes is watched before it is kept")
	f.Uint64Var(&s.bounds.Candidates, "candidates", control.DefaultCandidates, "of the rules and cameras during the trial: more, and it is rolled back")
	f.Uint64Var(&s.bounds.Errors, "errors", control.DefaultErrors, "of the pipeline and of pictures during the trial")
	f.Uint64Var(&s.bounds.Refused, "refused", control.DefaultRefused, "labels of people that do not fit the taxonomy during the trial")
	f.Uint64Var(&s.bounds.Ended, "ended", control.DefaultEnded, "how often the program that runs a model of --onnx may end during the trial")
	f.DurationVar(&s.expires, "expires", defaultExpiry, "how long gateways may take it")
	f.Uint64Var(&s.bundle.Version, "version", 0, "higher than that of the bundle before")
	f.StringVar(&s.bundle.Gateway, "gateway", "", "id of the gateway; default: every one")
	f.StringVar(&s.bundle.Comment, "comment", "", "what people read in the report")
}

func (s *signing) fill(now time.Time) (err error) {
	b := &s.bundle
	b.Created, b.NotAfter = now.UnixNano(), now.Add(s.expires).UnixNano()
	if s.taxonomy != "" {
		if b.Taxonomy, err = config.LoadTaxonomy(s.taxonomy); err != nil {
			return err
		}
	}
	if s.task != "" {
		if b.Task, err = config.LoadText(s.task); err != nil {
			return err
		}
	}
	if b.Labels, err = lines[control.Opinion](s.labels); err != nil {
		return err
	}
	if b.Rules, err = lines[control.Setting](s.rules); err != nil {
		return err
	}
	if b.NewRules, err = lines[control.NewRule](s.extras); err != nil {
		return err
	}
	if b.Models, err = s.models(); err != nil {
		return err
	}
	if len(s.files) == 0 {
		s.bounds.Ended = 0 // gateways of before know no such bound
	}
	if b.Taxonomy != nil || len(b.Rules)+len(b.NewRules)+len(b.Models) > 0 {
		s.bounds.Seconds = s.trial.Seconds()
		b.Trial = &s.bounds
	}
	return nil
}

// lines reads a file of one JSON value a line; no name is no file.
func lines[T any](name string) (all []T, err error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, control.MaxBundle)
	for n := 1; s.Scan(); n++ {
		var one T
		d := json.NewDecoder(bytes.NewReader(s.Bytes()))
		d.DisallowUnknownFields()
		if err := d.Decode(&one); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		all = append(all, one)
	}
	return all, s.Err()
}
