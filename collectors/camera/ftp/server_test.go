package ftp_test

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"edgelabel/collectors"
	"edgelabel/collectors/camera"
	"edgelabel/collectors/camera/ftp"
	"edgelabel/collectors/collectortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	collectortest.Run(t, func(t *testing.T) (collectors.Collector, collectortest.Peer) {
		d := collectortest.NewDoor(t, func(n int) []byte { return picture(t, n, 8) }, try)
		cfg := config()
		cfg.Listen = d.Listen
		s, err := ftp.New(cfg)
		must(t, err)
		return s, d
	}, collectortest.Exempt{collectortest.RecordsGaps: "a camera sends again what was not acknowledged"})
}

func TestAcknowledgesOnlyWhatIsOnDisk(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 64)
	unblock := r.sink.Block()
	must(t, c.begin("STOR a.png", data).Close())
	heard := make(chan int, 1)
	go func() {
		code, _, _ := c.ReadResponse(226)
		heard <- code
	}()
	select {
	case code := <-heard:
		t.Fatalf("answered %d before the picture was on disk", code)
	case <-time.After(50 * time.Millisecond):
	}
	unblock()
	if code := <-heard; code != 226 {
		t.Fatalf("answered %d", code)
	}
	r.stored(data)
	c.send(226, "STOR a.png", data)
	if r.stored(data); r.status.Snapshot().Duplicates != 1 {
		t.Errorf("a picture sent twice: %+v", r.status.Snapshot())
	}
	r.sink.Fail(errors.New("disk is full"))
	if text := c.send(451, "STOR b.png", picture(t, 2, 8)); strings.Contains(text, "disk is full") {
		t.Errorf("tells the camera %q", text)
	}
	r.sink.Fail(nil)
	c.send(226, "STOR b.png", picture(t, 2, 8))
}

func TestNameGivesMetadata(t *testing.T) {
	naming, err := camera.NewNaming("{part}_{time:20060102T150405}_{result}.png", time.UTC, nil, nil)
	must(t, err)
	r := serve(t, func(c *ftp.Config) { c.Users[0].Naming = naming })
	c := r.signIn()
	c.do(257, "MKD 2023-11-14")
	c.do(250, "CWD 2023-11-14")
	if text := c.do(257, "PWD"); !strings.Contains(text, `"/2023-11-14"`) {
		t.Errorf("PWD says %s", text)
	}
	c.send(226, `STOR sub\P-1_20231114T221320_NG.png`, picture(t, 1, 8))
	p := r.sink.Images()[0]
	if p.Camera != "cam1" || p.Part != "P-1" || p.Result != "not_ok" || p.Taken != 1700000000e9 || p.Name != "P-1_20231114T221320_NG.png" || p.Received == 0 {
		t.Errorf("%+v", p)
	}
	c.send(226, "STOR nameless.png", picture(t, 2, 8))
	if len(r.status.Snapshot().Problems) != 1 {
		t.Errorf("a name that does not match: %+v", r.status.Snapshot())
	}
}

func TestUploadCutShortLeavesNothingAndGoesOn(t *testing.T) {
	data := picture(t, 1, 64)
	half := len(data) / 2
	for name, resume := range map[string]func(c *client){
		"REST": func(c *client) { c.do(350, "REST 100"); c.send(226, "STOR a.png", data[100:]) },
		"APPE": func(c *client) { c.send(226, "APPE a.png", data[half:]) },
		"anew": func(c *client) { c.send(226, "STOR a.png", data) },
		"twice": func(c *client) {
			c.send(426, "APPE a.png", data[half:half+100])
			c.send(226, "APPE a.png", data[half+100:])
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := serve(t, nil)
			c := r.signIn()
			c.do(550, "SIZE a.png")
			c.send(426, "STOR a.png", data[:half]) // a sender that dies looks like one that is done
			r.stored()
			again := r.signIn()
			if got := again.do(213, "SIZE a.png"); got != "" && got != itoa(half) {
				t.Errorf("SIZE says %s, want %d", got, half)
			}
			resume(again)
			r.stored(data)
			again.do(550, "SIZE a.png") // nothing of what is stored is told
		})
	}
}

func TestAnothersUploadCannotBeTouched(t *testing.T) {
	r := serve(t, nil)
	data := picture(t, 1, 32)
	r.signIn().send(426, "STOR a.png", data[:100])
	c := r.dial()
	c.do(331, "USER other")
	c.do(230, "PASS pw2")
	c.do(550, "SIZE a.png")
	c.do(350, "REST 50")
	c.passive()
	c.do(554, "STOR a.png")
	for _, verb := range strings.Fields("LIST NLST MLSD RETR DELE MDTM STOU SITE") {
		c.do(550, verb+" a.png")
	}
}

func TestAbort(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 64)
	c.begin("STOR a.png", data[:100])
	must(t, c.PrintfLine("\xff\xf4\xff\xf2ABOR"))
	c.expect(426)
	c.expect(226)
	r.stored()
	c.begin("STOR a.png", data[:100])
	c.Close() // the camera loses its power
	c = r.signIn()
	c.send(226, "STOR b.png", data)
	r.stored(data)
}

func TestStalledUploadIsCut(t *testing.T) {
	r := serve(t, func(c *ftp.Config) { c.Stall = 50 * time.Millisecond })
	c := r.signIn()
	c.begin("STOR a.png", picture(t, 1, 64)[:100])
	c.expect(426)
	r.stored()
}

func TestLimits(t *testing.T) {
	r := serve(t, func(c *ftp.Config) { c.Sessions, c.Uploads, c.Wait, c.Limits.Bytes = 2, 1, 50*time.Millisecond, 2000 })
	c := r.signIn()
	c.send(552, "STOR big.png", bytes.Repeat([]byte{7}, 3000))
	c.begin("STOR a.png", []byte("\x89"))
	second := r.signIn()
	second.passive()
	second.do(450, "STOR b.png")
	third, err := net.Dial("tcp", r.addr)
	must(t, err)
	defer third.Close()
	b := make([]byte, 100)
	if n, _ := third.Read(b); !strings.HasPrefix(string(b[:n]), "421") {
		t.Errorf("a session too many is told %q", b[:n])
	}
	c.do(426, "ABOR")
	c.expect(226)
	c.send(550, "STOR scrap.png", []byte("no picture"))
	c.do(503, "PASS") // not a sign-in: USER comes first
	r.stored()
}

func TestSignIn(t *testing.T) {
	r := serve(t, nil)
	c := r.dial()
	c.do(530, "STOR a.png")
	c.do(530, "PASV")
	for _, password := range []string{"wrong", "", "pw2"} {
		c.do(331, "USER cam")
		must(t, c.PrintfLine("PASS %s", password))
		if _, _, err := c.ReadResponse(0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.ReadLine(); err == nil {
		t.Error("three wrong passwords and the line is still open")
	}
	c = r.dial()
	c.do(331, "USER nobody")
	c.do(530, "PASS pw")
	if n := r.status.Snapshot().Rejected["login"]; n != 4 {
		t.Errorf("%d refusals counted", n)
	}
}

func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	r := serve(t, func(c *ftp.Config) { c.CertFile, c.KeyFile, c.RequireTLS = cert, key, true })
	c := r.dial()
	c.do(530, "USER cam")
	c.do(536, "PROT P")
	c.secure(pool)
	c.do(331, "USER cam")
	c.do(230, "PASS pw")
	c.passive()
	c.do(521, "STOR a.png")
	c.do(534, "PROT C")
	// A command behind AUTH, not encrypted, could be anybody's.
	injected := r.dial()
	must(t, injected.PrintfLine("AUTH TLS\r\nUSER cam"))
	if _, err := injected.ReadLine(); err == nil {
		t.Error("what was sent in clear behind AUTH is obeyed")
	}
}

func TestActiveGoesNowhereElse(t *testing.T) {
	r := serve(t, nil)
	c, data := r.signIn(), picture(t, 1, 16)
	c.do(504, "PORT 192,0,2,1,78,32")
	c.do(504, "PORT 127,0,0,1,0,22")
	c.do(504, "EPRT |1|192.0.2.1|20000|")
	c.do(501, "PORT 1,2,3")
	c.do(425, "STOR a.png")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	must(t, err)
	c.do(200, "EPRT |1|127.0.0.1|"+port+"|")
	c.do(150, "STOR a.png")
	conn, err := ln.Accept()
	must(t, err)
	_, err = conn.Write(data)
	must(t, err)
	must(t, conn.Close())
	c.expect(226)
	r.stored(data)
}

func TestStopsWithEverybodyConnected(t *testing.T) {
	r := serve(t, nil)
	r.signIn().passive()
	r.signIn().begin("STOR a.png", []byte("\x89PNG"))
	r.dial()
	r.stop()
}

func TestNewRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*ftp.Config){
		"host:port":       func(c *ftp.Config) { c.Address = "2121" },
		"belong together": func(c *ftp.Config) { c.CertFile = "x" },
		"no certificate":  func(c *ftp.Config) { c.RequireTLS = true },
		"passive ports":   func(c *ftp.Config) { c.PassiveMin, c.PassiveMax = 9, 3 },
		"IPv4":            func(c *ftp.Config) { c.PublicHost = "gateway" },
		"no users":        func(c *ftp.Config) { c.Users = nil },
		"twice":           func(c *ftp.Config) { c.Users[1].Name = "cam" },
		"a password":      func(c *ftp.Config) { c.Users[0].Password = "" },
	} {
		cfg := config()
		spoil(&cfg)
		if _, err := ftp.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
