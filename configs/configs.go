// Package configs holds the files that ship inside the program: the complete reference configuration, the demo line and the taxonomies.
package configs

import "embed"

// Reference is the configuration file that shows and explains every key.
//
//go:embed edgelabel.yaml
var Reference []byte

// Demo is the configuration of the demo line, a text/template over the addresses that are known only when it starts.
//
//go:embed demo.yaml
var Demo string

// Taxonomy is what people label with until the plant brings its own.
//
//go:embed taxonomy.yaml
var Taxonomy []byte

// Packs are taxonomies of some trades, to begin one's own with.
//
//go:embed packs/*.yaml
var Packs embed.FS
