package sparkplug

import "strings"

const namespace = "spBv1.0"

// address is a topic of an edge node or one of its devices.
type address struct {
	group, verb, node, device string // device is empty for the node itself
}

// parseTopic returns false for what is no message of a node or device.
func parseTopic(topic string) (address, bool) {
	levels := strings.Split(topic, "/")
	if len(levels) < 4 || len(levels) > 5 || levels[0] != namespace {
		return address{}, false
	}
	a := address{group: levels[1], verb: levels[2], node: levels[3]}
	if len(levels) == 5 {
		a.device = levels[4]
	}
	ofDevice := strings.HasPrefix(a.verb, "D")
	return a, a.group != "" && a.node != "" && ofDevice == (a.device != "")
}

// unit names a node or device to people: "Plant1/Press7/cam1".
func unit(group, node, device string) string {
	name := group + "/" + node
	if device != "" {
		name += "/" + device
	}
	return name
}
