package config_test

import (
	"strings"
	"testing"

	"edgelabel/agent/config"
)

func TestFTP(t *testing.T) {
	const cam = "cameras: [{name: c, ftp: {user: u, password: p}}]\n"
	cfg, err := config.Parse("f.yaml", []byte(cam+"ftp: {listen: ':2121', passive_ports: 50000-50009}"))
	if err != nil {
		t.Fatal(err)
	}
	if p := cfg.FTP.PassivePorts; p.First != 50000 || p.Last != 50009 || cfg.FTP.Uploads == 0 || len(cfg.Cameras[0].FTP.OK) == 0 {
		t.Errorf("%+v", cfg.FTP)
	}
	for text, want := range map[string]string{
		cam:                      "nobody listens",
		"ftp: {listen: ':2121'}": "no camera has",
		cam + "ftp: {listen: x}": "host:port",
		cam + "ftp: {listen: ':2121', passive_ports: 9-3}":                                                  "not a range",
		cam + "ftp: {listen: ':2121', tls: {required: true}}":                                               "both cert and key",
		cam + "ftp: {listen: ':2121', uploads: 0}":                                                          "more than zero",
		cam + "ftp: {listen: ':2121', public_host: gw}":                                                     "IPv4",
		"cameras: [{name: c, ftp: {user: u}}]\nftp: {listen: ':2121'}":                                      "user and password",
		"cameras: [{name: c, ftp: {user: u, password: p}}, {name: d, ftp: {user: u, password: p}}]\n":       "already at",
		"cameras: [{name: ftp, ftp: {user: u, password: p}}]\nftp: {listen: ':2121'}\ngateway: {id: a-1}\n": "already at",
	} {
		if _, err := config.Parse("f.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nwant %q, got %v", text, want, err)
		}
	}
}
