// Package agent wires the collectors, the pipeline, the store, the page and sync into one program.
package agent
