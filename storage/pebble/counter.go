package pebble

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/cockroachdb/pebble/v2"
)

// counterMerger adds up 64-bit numbers, so that counting writes and never reads. Its name is part of the file format.
var counterMerger = &pebble.Merger{
	Name: "tracardi.counter.1",
	Merge: func(_, value []byte) (pebble.ValueMerger, error) {
		sum := new(counter)
		return sum, sum.MergeNewer(value)
	},
}

type counter int64

var errCounter = errors.New("a stored counter is damaged")

func (c *counter) MergeNewer(value []byte) error {
	if len(value) != 8 {
		return errCounter
	}
	*c += counter(binary.LittleEndian.Uint64(value))
	return nil
}

func (c *counter) MergeOlder(value []byte) error { return c.MergeNewer(value) }

func (c *counter) Finish(bool) ([]byte, io.Closer, error) {
	return appendCounter(nil, int64(*c)), nil, nil
}

func appendCounter(dst []byte, n int64) []byte {
	return binary.LittleEndian.AppendUint64(dst, uint64(n))
}

func counterValue(value []byte) int64 {
	if len(value) != 8 {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(value))
}
