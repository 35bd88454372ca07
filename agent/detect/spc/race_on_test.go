//go:build race

package spc_test

// seeds is how many streams each promise is held against. The race detector makes the simulation ten times slower and finds nothing in it.
const seeds = 4
