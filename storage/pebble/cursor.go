package pebble

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/tracardi/tracardi-go"
)

// cursor is the last row of a page; the next page begins behind it.
type cursor struct {
	Time   int64
	Number uint64 // of an immutable document
	Key    sortKey
}

// String returns the text for Page.Next.
func (c *cursor) String() string {
	dst := binary.AppendVarint(nil, c.Time)
	dst = binary.AppendUvarint(dst, c.Number)
	dst = append(dst, byte(c.Key.rank))
	dst = binary.BigEndian.AppendUint64(dst, math.Float64bits(c.Key.number))
	dst = appendSized(dst, c.Key.text)
	dst = appendSized(dst, c.Key.id)
	return base64.RawURLEncoding.EncodeToString(dst)
}

// parseCursor reads a cursor; nil for the first page.
func parseCursor(text string) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	t, width := binary.Varint(raw)
	r := reader{rest: raw[max(width, 0):]}
	c := &cursor{Time: t, Number: r.number()}
	c.Key = sortKey{rank: rank(r.byte()), time: t, number: math.Float64frombits(r.fixed()), text: string(r.sized()), id: string(r.sized())}
	if err != nil || width <= 0 || r.damaged || len(r.rest) > 0 {
		return nil, tracardi.InvalidField("cursor", "is not one that this search gave: use the value of next, unchanged")
	}
	return c, nil
}
