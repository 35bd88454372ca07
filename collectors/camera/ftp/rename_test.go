package ftp_test

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	"edgelabel/collectors/camera/ftp"
)

func TestRenameStores(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 64)
	c.send(226, "STOR a.png.tmp", data)
	r.stored()
	c.do(350, "RNFR a.png.tmp")
	c.do(250, "RNTO good/P7_ok.png")
	r.stored(data)
	if got := r.sink.Images()[0]; got.Name != "P7_ok.png" {
		t.Errorf("stored as %q", got.Name)
	}
	c.do(550, "RNFR a.png.tmp") // there is no more of it
	c.do(550, "RNFR good/P7_ok.png")
}

func TestRenameAnswersAfterTheDisk(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 64)
	c.send(226, "STOR .in.a.png", data)
	c.do(350, "RNFR .in.a.png")
	unblock := r.sink.Block()
	must(t, c.PrintfLine("RNTO a.png"))
	heard := make(chan int, 1)
	go func() {
		code, _, _ := c.ReadResponse(250)
		heard <- code
	}()
	select {
	case code := <-heard:
		t.Fatalf("answered %d before the picture was on disk", code)
	case <-time.After(50 * time.Millisecond):
	}
	unblock()
	if code := <-heard; code != 250 {
		t.Fatalf("answered %d", code)
	}
	r.stored(data)
}

func TestRenameThatCannotBeStoredNowCanBeTriedAgain(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 64)
	c.send(226, "STOR a.tmp", data)
	r.sink.Fail(fmt.Errorf("disk is full"))
	c.do(350, "RNFR a.tmp")
	c.do(451, "RNTO a.png")
	r.sink.Fail(nil)
	c.do(350, "RNFR a.tmp")
	c.do(250, "RNTO a.png")
	r.stored(data)
}

func TestRenameOfAnUploadThatWasCut(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 64)
	c.send(426, "STOR a.tmp", data[:len(data)/2])
	c.do(350, "RNFR a.tmp")
	c.do(426, "RNTO a.png")
	r.stored()
	c.do(213, "SIZE a.tmp")
	c.send(226, "APPE a.tmp", data[len(data)/2:])
	c.do(350, "RNFR a.tmp")
	c.do(250, "RNTO b.tmp") // once more a temporary name
	c.do(350, "RNFR b.tmp")
	c.do(250, "RNTO a.png")
	r.stored(data)
}

func TestRenameRefuses(t *testing.T) {
	r := serve(t, func(c *ftp.Config) { c.Partials = 30_000 })
	c := r.signIn()
	c.do(503, "RNTO a.png")
	c.do(550, "RNFR a.tmp")
	c.send(550, "STOR a.tmp", []byte("scrap that is no picture"))
	c.send(552, "STOR b.tmp", picture(t, 2, 200))
	c.send(226, "STOR c.tmp", picture(t, 3, 64))
	c.do(350, "RNFR c.tmp")
	c.do(553, "RNTO ")
	o := r.dial()
	o.do(331, "USER other")
	o.do(230, "PASS pw2")
	o.do(550, "RNFR c.tmp") // another camera's
	for n := range 3 {
		c.send(226, fmt.Sprintf("STOR d%d.tmp", n), picture(t, 4+n, 64))
	}
	c.do(550, "RNFR c.tmp") // made room for those that came after it
	if n := r.status.Snapshot().Rejected["upload_dropped"]; n < 2 {
		t.Errorf("%d uploads dropped were counted", n)
	}
	r.stored()
}

func TestCurlRenames(t *testing.T) {
	program(t, "curl")
	r := serve(t, nil)
	data := picture(t, 1, 200)
	run(t, true, "curl", "-sS", "-T", file(t, "a.png", data), "--user", "cam:pw", "-Q", "-RNFR upload.tmp", "-Q", "-RNTO a.png",
		fmt.Sprintf("ftp://%s/upload.tmp", r.addr))
	r.stored(data)
}

func TestLFTPRenames(t *testing.T) {
	program(t, "lftp")
	r := serve(t, nil)
	data := picture(t, 1, 400)
	path := file(t, "a.png", data)
	script := "set ftp:ssl-allow no; set net:max-retries 2; set xfer:use-temp-file yes; open -u cam,pw ftp://%s; put -c %s; bye"
	slow := exec.Command("lftp", "-c", "set net:limit-total-rate 200000; "+fmt.Sprintf(script, r.addr, path))
	must(t, slow.Start())
	time.Sleep(1200 * time.Millisecond) // when nothing was sent yet the rest of the test is merely easier
	must(t, slow.Process.Kill())
	_ = slow.Wait()
	r.stored()
	run(t, true, "lftp", "-c", fmt.Sprintf(script, r.addr, path))
	r.stored(data)
	if got := r.sink.Images()[0].Name; got != "a.png" {
		t.Errorf("stored as %q", got)
	}
}
