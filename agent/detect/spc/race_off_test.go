//go:build !race

package spc_test

// seeds is how many streams each promise is held against.
const seeds = 24
