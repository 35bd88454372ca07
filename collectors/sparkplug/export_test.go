package sparkplug

import "edgelabel/collectors/mqtt"

// Dialect is the host application without a broker.
func Dialect(cfg Config) (mqtt.Dialect, error) {
	return newHost(cfg), cfg.check()
}

// Filters are what a mapping subscribes.
var Filters = filters
