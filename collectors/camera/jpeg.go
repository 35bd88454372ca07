package camera

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Markers of ITU-T T.81 table B.1.
const (
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda
	tem  = 0x01
	rst0 = 0xd0
	rst7 = 0xd7
)

// wholeJPEG walks from marker to marker to the end of the image. A thumbnail's end marker lies inside a segment, which is skipped whole.
// What a camera appends after the end is left alone.
func wholeJPEG(data []byte) error {
	scans := 0
	for at := 0; ; {
		start := bytes.IndexByte(data[at:], 0xff)
		if start < 0 || at+start+1 >= len(data) {
			return fmt.Errorf("%w: JPEG without its end marker", ErrTruncated)
		}
		at += start + 1
		switch m := data[at]; {
		case m == 0xff: // fill byte
		case m == 0 || m == soi || m == tem || m >= rst0 && m <= rst7: // stuffed byte, or a marker without a segment
			at++
		case m == eoi && scans == 0:
			return fmt.Errorf("%w: JPEG without a scan", ErrTruncated)
		case m == eoi:
			return nil
		default:
			if m == sos {
				scans++
			}
			at++
			if at+2 > len(data) {
				return fmt.Errorf("%w: JPEG segment %#x", ErrTruncated, m)
			}
			at += int(binary.BigEndian.Uint16(data[at:]))
			if at > len(data) {
				return fmt.Errorf("%w: JPEG segment %#x", ErrTruncated, m)
			}
		}
	}
}
