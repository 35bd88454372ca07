package ftp_test

import (
	"bufio"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"edgelabel/collectors/camera/ftp"
)

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{"127,0,0,1,78,32", "|1|192.0.2.7|6275|", "|2|::1|6275|", "", "|", "1,2,3,4,5,256", "|1||0|"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (netip.AddrPort, error){ftp.ParsePort, ftp.ParseEprt} {
			if at, err := parse(s); err == nil && !at.IsValid() {
				t.Errorf("%q gives no address and no error", s)
			}
		}
	})
}

func FuzzReadLine(f *testing.F) {
	f.Add("STOR a\r\n")
	f.Add("\xff\xf4\xff\xf2ABOR\r\n")
	f.Add(strings.Repeat("x", 5000) + "\n")
	f.Fuzz(func(t *testing.T, s string) {
		text, err := ftp.ReadLine(bufio.NewReaderSize(strings.NewReader(s), 4096))
		if err == nil && strings.ContainsAny(text, "\n") {
			t.Errorf("%q has its end", text)
		}
	})
}

// FuzzSession feeds whole conversations to a signed-in session.
func FuzzSession(f *testing.F) {
	f.Add("EPSV\r\nSTOR a.png\r\n")
	f.Add("REST 99999999999999999999\r\nPORT 127,0,0,1,200,1\r\nSTOR a\r\nABOR\r\n")
	f.Add("CWD ../../etc\r\nPWD\r\nMKD \r\nSIZE\r\nAUTH TLS\r\nQUIT\r\n")
	f.Fuzz(func(t *testing.T, talk string) {
		r := serve(t, func(c *ftp.Config) { c.Stall = 5 * time.Millisecond })
		c := r.signIn()
		if _, err := c.raw.Write([]byte(talk + "\r\nQUIT\r\n")); err == nil {
			for err == nil {
				_, err = c.raw.Read(make([]byte, 4096))
			}
		}
		if n := len(r.sink.Images()); n != 0 {
			t.Errorf("%d pictures out of nothing", n)
		}
		if _, err := net.Dial("tcp", r.addr); err != nil {
			t.Errorf("the server is gone: %v", err)
		}
	})
}
