// Package e2e tests the built program from the outside: as a plant would run it, against peers that nobody here wrote. Its tests are
// behind the build tag e2e; `make e2e` runs them.
package e2e
