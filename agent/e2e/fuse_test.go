//go:build e2e

package e2e_test

import (
	enc "encoding/binary"
	"errors"
	"fmt"
	"syscall"
)

// What of the protocol in linux/fuse.h a mount needs whose root is one file of a fixed size. Integers are in the order of the machine.
const (
	fuseForget     = 2
	fuseGetattr    = 3
	fuseSetattr    = 4
	fuseOpen       = 14
	fuseRead       = 15
	fuseWrite      = 16
	fuseRelease    = 18
	fuseFsync      = 20
	fuseFlush      = 25
	fuseInit       = 26
	fuseDestroy    = 38
	fuseInHead     = 40
	fuseOutHead    = 16
	fuseWriteHead  = 40
	fuseMaxWrite   = 128 << 10
	fuseBigWrites  = 1 << 5
	fuseMaxPages   = 1 << 22
	fuseVersion    = 7
	fuseMinor      = 31
	fuseModeOfFile = syscall.S_IFREG | 0o600
)

func fuseOptions(fd int) string {
	return fmt.Sprintf("fd=%d,rootmode=%o,user_id=0,group_id=0,allow_other,max_read=%d", fd, fuseModeOfFile, fuseMaxWrite)
}

// serve answers the kernel, one request after the other, until the drive is unplugged.
func (d *drive) serve() {
	defer close(d.served)
	in := make([]byte, fuseMaxWrite+pageBytes)
	for {
		n, err := syscall.Read(d.fuse, in)
		if errors.Is(err, syscall.EINTR) || errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.EAGAIN) {
			continue // a signal, or the request was taken back
		}
		if err != nil {
			if !errors.Is(err, syscall.ENODEV) {
				d.t.Errorf("drive: %v", err)
			}
			return
		}
		order := enc.NativeEndian
		op, unique := order.Uint32(in[4:]), order.Uint64(in[8:])
		body, errno := d.answer(op, in[fuseInHead:n])
		if op == fuseForget {
			continue
		}
		out := make([]byte, fuseOutHead, fuseOutHead+len(body))
		order.PutUint32(out, uint32(fuseOutHead+len(body)))
		order.PutUint32(out[4:], uint32(-int32(errno)))
		order.PutUint64(out[8:], unique)
		if _, err := syscall.Write(d.fuse, append(out, body...)); err != nil && !errors.Is(err, syscall.ENOENT) {
			d.t.Errorf("drive: answer to %d: %v", op, err)
		}
	}
}

func (d *drive) answer(op uint32, in []byte) ([]byte, syscall.Errno) {
	order := enc.NativeEndian
	switch op {
	case fuseInit:
		out := make([]byte, 64)
		order.PutUint32(out, fuseVersion)
		order.PutUint32(out[4:], fuseMinor)
		order.PutUint32(out[12:], fuseBigWrites|fuseMaxPages)
		order.PutUint32(out[20:], fuseMaxWrite)
		order.PutUint32(out[24:], 1) // ns
		order.PutUint16(out[28:], fuseMaxWrite/pageBytes)
		return out, 0
	case fuseGetattr, fuseSetattr:
		out := make([]byte, 104)
		order.PutUint64(out, 3600) // s, for which this holds
		order.PutUint64(out[16:], 1)
		order.PutUint64(out[24:], driveBytes)
		order.PutUint64(out[32:], driveBytes/sector)
		order.PutUint32(out[76:], fuseModeOfFile)
		order.PutUint32(out[80:], 1) // link
		order.PutUint32(out[96:], pageBytes)
		return out, 0
	case fuseOpen:
		return make([]byte, 16), 0
	case fuseRead, fuseWrite, fuseFsync:
		return d.transfer(op, in)
	case fuseRelease, fuseFlush, fuseDestroy, fuseForget:
		return nil, 0
	}
	return nil, syscall.ENOSYS
}

// transfer is what a cut of the power ends.
func (d *drive) transfer(op uint32, in []byte) ([]byte, syscall.Errno) {
	if errno := d.alive(); errno != 0 {
		return nil, errno
	}
	order := enc.NativeEndian
	var out []byte
	switch at := int64(order.Uint64(in[8:])); op {
	case fuseRead:
		out = make([]byte, order.Uint32(in[16:]))
		d.read(out, at)
	case fuseWrite:
		out = make([]byte, 8)
		order.PutUint32(out, order.Uint32(in[16:]))
		d.write(in[fuseWriteHead:], at)
	case fuseFsync:
		d.flush()
	}
	if errno := d.alive(); errno != 0 { // the power went meanwhile, and nobody was told
		return nil, errno
	}
	return out, 0
}
