package collect

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/tracardi/tracardi-go"
)

// ReadBody reads a request's body, decompressed, within the limits. w is what Endpoint gave the handler.
func (c *Collector) ReadBody(w http.ResponseWriter, r *http.Request, limits Limits) ([]byte, error) {
	x := w.(*exchange) // what it holds is given back at the end of the request
	wire := http.MaxBytesReader(w, r.Body, limits.Body)
	encoding := strings.ToLower(r.Header.Get("Content-Encoding"))
	var text []byte
	var err error
	switch encoding {
	case "", "identity":
		text, err = x.read(wire, r.ContentLength, limits.Plain)
	case "gzip", "x-gzip":
		var plain *gzip.Reader
		if plain, err = gzip.NewReader(wire); err == nil {
			text, err = x.read(plain, 2*r.ContentLength, limits.Plain)
		}
	case "zstd":
		// Its memory is the sender's choice, so that it is unpacked in one go when all of it is here, and not by many at once.
		if text, err = x.read(wire, r.ContentLength, limits.Body); err == nil {
			text, err = c.zstd.DecodeAll(text, nil)
		}
		if err == nil {
			err = x.hold(int64(len(text)))
		}
	default:
		return nil, tracardi.InvalidField("header.Content-Encoding", "unknown compression %q: send gzip, zstd or no compression", encoding)
	}
	if err == nil && int64(len(text)) > limits.Plain {
		err = errUnpacked
	}
	return text, bodyError(err, limits)
}

// zstdWindow is how far back, in bytes, packed texts may refer: what every sender may count on.
const zstdWindow = 8 << 20

// newZstd makes what unpacks up to a number of bytes, or as much as a window. It keeps no memory for itself.
func newZstd(most int64) *zstd.Decoder {
	memory := uint64(max(most, zstdWindow))
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(memory), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are right
	}
	return decoder
}

// read reads up to one byte more than the most, in pieces that grow with what has come: what a sender promises costs nothing.
func (x *exchange) read(from io.Reader, expected, most int64) ([]byte, error) {
	text := make([]byte, 0, min(max(expected+1, 512), smallBody)) // one more, so that the end is seen without growing
	for {
		if len(text) == cap(text) {
			size := 2 * int64(cap(text))
			if expected > int64(cap(text)) {
				size = min(size, expected+1)
			}
			if err := x.hold(size); err != nil {
				return nil, err
			}
			text = append(make([]byte, 0, size), text...)
		}
		n, err := from.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if int64(len(text)) > most || errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

var errUnpacked = errors.New("too large after decompression")

func bodyError(err error, limits Limits) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*tracardi.Error](err); ok {
		return err
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge("body", "is larger than %d bytes", limits.Body)
	}
	if errors.Is(err, errUnpacked) || errors.Is(err, zstd.ErrDecoderSizeExceeded) {
		return tooLarge("body", "is larger than %d bytes after decompression", limits.Plain)
	}
	return tracardi.InvalidField("body", "could not be read: %v", err)
}
