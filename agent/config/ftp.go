package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"

	"edgelabel/collectors/camera/ftp"
)

// FTP is the receiver of pictures that cameras push; without an address there is none.
type FTP struct {
	Listen       string    `yaml:"listen"`
	TLS          FTPTLS    `yaml:"tls"`
	PassivePorts PortRange `yaml:"passive_ports"`
	PublicHost   string    `yaml:"public_host"`
	Sessions     int       `yaml:"sessions"`
	Uploads      int       `yaml:"uploads"`
	Temporary    []string  `yaml:"temporary"`
}

func (f *FTP) setDefaults() {
	*f = FTP{Sessions: ftp.DefaultSessions, Uploads: ftp.DefaultUploads, Temporary: strings.Fields(ftp.DefaultTemporary)}
}

// FTPTLS is the receiver's certificate. Required turns away whoever does not encrypt.
type FTPTLS struct {
	Cert     string `yaml:"cert"`
	Key      string `yaml:"key"`
	Required bool   `yaml:"required"`
}

// CameraFTP is a camera's access to the receiver.
type CameraFTP struct {
	User     string   `yaml:"user"`
	Password Secret   `yaml:"password"`
	Pattern  string   `yaml:"pattern"`
	OK       []string `yaml:"ok"`
	NotOK    []string `yaml:"not_ok"`
}

func (f *CameraFTP) setDefaults() { *f = CameraFTP{OK: okWords(), NotOK: notOKWords()} }

func okWords() []string    { return []string{"ok", "pass", "good"} }
func notOKWords() []string { return []string{"ng", "nok", "not_ok", "fail", "bad"} }

// PortRange is written "50000-50009"; empty is any port.
type PortRange struct{ First, Last int }

func (r *PortRange) parse(s string) error {
	if s == "" {
		*r = PortRange{}
		return nil
	}
	a, b, two := strings.Cut(s, "-")
	first, err := strconv.ParseUint(a, 10, 16)
	last, err2 := strconv.ParseUint(b, 10, 16)
	if err != nil || err2 != nil || !two || first == 0 || last < first {
		return fmt.Errorf("%q is not a range of ports: want first-last, such as 50000-50009", s)
	}
	*r = PortRange{int(first), int(last)}
	return nil
}

// FTPSource is the name under which the receiver is shown; no other source may have it.
const FTPSource = "ftp"

func (v *validator) ftp(c *Config) {
	users := 0
	for i, cam := range c.Cameras {
		if cam.FTP == nil {
			continue
		}
		users++
		path := fmt.Sprintf("cameras[%d].ftp", i)
		if cam.FTP.User == "" || cam.FTP.Password.Reveal() == "" {
			v.wrong(path, "want user and password")
		}
		v.unique("ftp user", path+".user", cam.FTP.User)
		if c.FTP.Listen == "" {
			v.wrong(path, "nobody listens: ftp.listen is empty")
		}
	}
	if c.FTP.Listen == "" {
		return
	}
	v.unique("source", "ftp", FTPSource)
	if users == 0 {
		v.wrong("ftp", "no camera has an ftp block with user and password")
	}
	v.ftpServer(&c.FTP)
}

func (v *validator) ftpServer(f *FTP) {
	v.listen("ftp.listen", f.Listen, ":2121")
	v.identity("ftp.tls", f.TLS.Cert, f.TLS.Key)
	if f.TLS.Required && f.TLS.Cert == "" {
		v.wrong("ftp.tls", "required wants both cert and key")
	}
	if f.PublicHost != "" && net.ParseIP(f.PublicHost).To4() == nil {
		v.wrong("ftp.public_host", "%q: want an IPv4 address", f.PublicHost)
	}
	v.positive("ftp.sessions", float64(f.Sessions))
	v.positive("ftp.uploads", float64(f.Uploads))
}
