package agent

import (
	"cmp"
	"fmt"
	"os"
	"strings"

	"edgelabel/agent/config"
	"edgelabel/sync/file"
	"edgelabel/sync/s3"
	"edgelabel/sync/uplink"
)

// OpenTarget makes the central store that a URL names: s3://bucket/prefix?endpoint=https://host:port or file:///folder. Nothing is connected yet.
func OpenTarget(t config.Target) (uplink.Target, error) {
	if kindOf(t.URL) == "file" {
		cfg, err := file.ParseTarget(t.URL)
		if err != nil {
			return nil, fmt.Errorf("target %s: %w", t.Name, err)
		}
		return file.New(cfg), nil
	}
	cfg, err := s3.ParseTarget(t.URL, os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("target %s: %w", t.Name, err)
	}
	cfg.AccessKey, cfg.SecretKey = cmp.Or(t.AccessKey.Reveal(), cfg.AccessKey), cmp.Or(t.SecretKey.Reveal(), cfg.SecretKey)
	cfg.Credentials, cfg.Encryption, cfg.Proxy = t.Credentials, t.Encryption, t.Proxy
	if table, err := t.Table(); err == nil && table.Least() > 0 {
		cfg.MinRate = min(s3.DefaultMinRate, max(table.Least()/4, 1)) // what the limit lets through must not look like a line that stands
	}
	cfg.CAFile, cfg.Region = cmp.Or(t.CA, cfg.CAFile), cmp.Or(t.Region, cfg.Region)
	target, err := s3.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("target %s: %w", t.Name, err)
	}
	return target, nil
}

// kindOf is the scheme of a target's URL.
func kindOf(url string) string {
	scheme, _, _ := strings.Cut(url, ":")
	return scheme
}
