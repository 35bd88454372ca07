package config

import (
	"crypto/tls"
	"net"
	"os"
	"strconv"
)

// file reports whether a file is there. None is wanted where the name is empty.
func (v *validator) file(path, name string) bool {
	if name == "" {
		return true
	}
	_, err := os.Stat(name)
	if err != nil {
		v.wrong(path, "%v", err)
	}
	return err == nil
}

// listen checks an address to listen at.
func (v *validator) listen(path, address, example string) {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		v.wrong(path, "%q: want host:port, such as %s", address, example)
	}
}

// identity checks the certificate and the key that a server shows.
func (v *validator) identity(path, cert, key string) {
	if cert == "" && key == "" {
		return
	}
	if cert == "" || key == "" {
		v.wrong(path, "want both cert and key, or neither")
		return
	}
	if v.file(path+".cert", cert) && v.file(path+".key", key) {
		if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
			v.wrong(path, "%v", err)
		}
	}
}
