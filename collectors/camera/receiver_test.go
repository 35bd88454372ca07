package camera_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/collectortest"
)

// receiver serves Ingest as a collector, on a listener of its own.
type receiver struct {
	listen func(network, address string) (net.Listener, error)
}

func (r *receiver) Name() string { return "cam1" }

func (r *receiver) Run(ctx context.Context, sink collectors.Sink, status *collectors.Status) error {
	in, err := camera.NewIngest(camera.IngestConfig{
		Cameras: map[string]camera.IngestCamera{"cam1": {Status: status}}, Token: "general", Sink: sink, Wait: 200 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	ln, err := r.listen("tcp", "")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: in}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	status.Up()
	select {
	case err = <-ended:
		return errors.Join(err, server.Close())
	case <-ctx.Done():
		err = server.Close()
		<-ended
		return err
	}
}

// push is one attempt of a camera.
func push(addr, name string, data []byte) bool {
	request, err := http.NewRequest(http.MethodPost, "http://"+addr+"/ingest/v1/images?camera=cam1&name="+name, bytes.NewReader(data))
	if err != nil {
		return false
	}
	request.Header.Set("Authorization", "Bearer general")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	answer, err := client.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusCreated || answer.StatusCode == http.StatusOK
}

func TestIngestConforms(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		d := collectortest.NewDoor(t, func(n int) []byte { return pngOf(t, noisy(n, 8, 8)) }, push)
		return &receiver{d.Listen}, d
	}, collectortest.Exempt{collectortest.RecordsGaps: "a camera sends again what was not acknowledged"})
}
