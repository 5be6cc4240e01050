package collect

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/tracardi/tracardi-go"
)

// ReadBody reads a request's body, decompressed, within the limits.
func ReadBody(w http.ResponseWriter, r *http.Request, limits Limits) ([]byte, error) {
	wire := http.MaxBytesReader(w, r.Body, limits.Body)
	plain, closeReader, err := decompress(wire, r.Header.Get("Content-Encoding"))
	if err != nil {
		return nil, bodyError(err, limits)
	}
	defer closeReader()
	size := int64(512)
	if r.ContentLength > 0 && r.ContentLength < limits.Body {
		size = r.ContentLength + 1 // one more, so that the end is seen without growing
	}
	text := make([]byte, 0, size)
	for {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := plain.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if int64(len(text)) > limits.Plain {
			return nil, tooLarge("body", "is larger than %d bytes after decompression", limits.Plain)
		}
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return nil, bodyError(err, limits)
		}
	}
}

func decompress(wire io.Reader, encoding string) (io.Reader, func(), error) {
	switch strings.ToLower(encoding) {
	case "", "identity":
		return wire, func() {}, nil
	case "gzip", "x-gzip":
		reader, err := gzip.NewReader(wire)
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errCompressed, err)
		}
		return reader, func() { _ = reader.Close() }, nil // only frees memory
	case "zstd":
		reader, err := zstd.NewReader(wire, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %w", errCompressed, err)
		}
		return reader, reader.Close, nil
	}
	return nil, nil, fmt.Errorf("%w %q", errEncoding, encoding)
}

var (
	errCompressed = errors.New("broken compression")
	errEncoding   = errors.New("unknown compression")
)

func bodyError(err error, limits Limits) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge("body", "is larger than %d bytes", limits.Body)
	}
	if errors.Is(err, errEncoding) {
		return tracardi.InvalidField("header.Content-Encoding", "%v: send gzip, zstd or no compression", err)
	}
	return tracardi.InvalidField("body", "could not be read: %v", err)
}
