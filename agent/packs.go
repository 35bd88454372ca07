package agent

import (
	"fmt"
	"io/fs"
	"path"

	"edgelabel/agent/config"
	"edgelabel/agent/label"
	"edgelabel/configs"
)

// starterPacks reads the taxonomies that ship inside the program, in the order of their file names.
func starterPacks() ([]label.Taxonomy, error) {
	files, err := fs.Glob(configs.Packs, "packs/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("starter packs: %w", err)
	}
	var packs []label.Taxonomy
	for _, file := range files {
		data, err := configs.Packs.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("starter packs: %w", err)
		}
		t, err := config.ParseTaxonomy(path.Base(file), data)
		if err != nil {
			return nil, err
		}
		packs = append(packs, *t)
	}
	return packs, nil
}
