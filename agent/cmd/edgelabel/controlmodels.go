package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"edgelabel/agent/control"
	"edgelabel/agent/vision/folder"
)

// ofCameras is what control sign is told about each camera: a folder or a file.
type ofCameras map[string]string

// set reads CAMERA=PATH.
func (c ofCameras) set(text string) error {
	camera, path, ok := strings.Cut(text, "=")
	if !ok || camera == "" {
		return errors.New("want CAMERA=FOLDER or CAMERA=FILE")
	}
	c[camera] = path
	return nil
}

// models describes what is brought to cameras.
func (s *signing) models() (all []control.Model, err error) {
	for _, camera := range slices.Sorted(maps.Keys(s.references)) {
		m, err := pictures(camera, s.references[camera])
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	for camera := range s.settings {
		if s.files[camera] == "" {
			return nil, misused("--onnx-settings %s: want --onnx with a file for this camera", camera)
		}
	}
	for _, camera := range slices.Sorted(maps.Keys(s.files)) {
		m, err := modelFile(camera, s.files[camera], s.settings[camera])
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// pictures lists the pictures of a folder by their hashes; no folder takes back what was sent.
func pictures(camera, dir string) (control.Model, error) {
	m := control.Model{Camera: camera, Kind: control.References}
	if dir == "" {
		return m, nil
	}
	good, err := folder.Open(dir)
	if err != nil {
		return m, err
	}
	for _, name := range good.Names() {
		f, err := described(good.Path(name))
		if err != nil {
			return m, err
		}
		m.Files = append(m.Files, f)
	}
	return m, nil
}

// modelFile describes a model by its hash; no file takes back what was sent.
func modelFile(camera, file, settings string) (control.Model, error) {
	m := control.Model{Camera: camera, Kind: control.ONNX}
	if file == "" {
		return m, nil
	}
	f, err := described(file)
	if err != nil {
		return m, err
	}
	m.Files = []control.File{f}
	all, err := lines[control.ModelSettings](settings)
	if err != nil || len(all) == 0 {
		return m, err
	}
	if len(all) > 1 {
		return m, fmt.Errorf("%s: %d lines, want one", settings, len(all))
	}
	m.Settings = &all[0]
	return m, nil
}

func described(file string) (control.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return control.File{}, err
	}
	d, err := control.Describe(f)
	return d, errors.Join(err, f.Close())
}
