package pebble

import (
	"encoding/binary"
	"strings"
	"unsafe"

	"github.com/klauspost/compress/s2"
)

// column holds one path of a segment's documents: the distinct values as JSON text and, for each row, which one it has.
type column struct {
	values []string
	codes  []uint16 // row → index into values plus one; 0 for absent
}

const (
	stepMark       = "\x1f" // joins the steps of a column's path; members with it in their name have no column
	rowsColumn     = ""     // times and numbers of the rows; no path is empty
	maxSegmentRows = 1<<16 - 1
	maxColumns     = 1500
	maxValue       = 512 // bytes of JSON; a column with a longer value is left out
	maxDepth       = 12
)

// notInColumns are members of documents that have an index of their own or that nobody searches.
var notInColumns = map[string]bool{"id": true, "config": true, "trash": true}

// columnBuilder gathers a column row by row.
type columnBuilder struct {
	column
	index map[string]uint16

	newest     string // the value that was added last
	newestCode uint16

	types uint8
	count int64 // rows that have the path
	left  bool  // not every value is kept
}

func (c *columnBuilder) leave() {
	c.left, c.index, c.values, c.codes, c.newest = true, nil, nil, nil, ""
}

func (c *columnBuilder) add(row int, raw string) {
	if !c.left && c.codes[row] != 0 {
		return // a name that is there twice counts once
	}
	c.count++
	c.types |= typeBit(raw)
	if c.left {
		return
	}
	if len(raw) > maxValue {
		c.leave()
		return
	}
	if raw == c.newest { // neighbours mostly agree
		c.codes[row] = c.newestCode
		return
	}
	code := c.index[raw]
	if code == 0 {
		text := strings.Clone(raw)
		c.values = append(c.values, text)
		code = uint16(len(c.values))
		c.index[text] = code
	}
	c.newest, c.newestCode = c.values[code-1], code
	c.codes[row] = code
}

// The types that a column's values have, as bits.
const (
	typeText = 1 << iota
	typeNumber
	typeBoolean
	typeNull
	typeList
	typeObject // an empty one: the members of others have columns of their own
)

func typeBit(raw string) uint8 {
	switch raw[0] {
	case '"':
		return typeText
	case 't', 'f':
		return typeBoolean
	case 'n':
		return typeNull
	case '[':
		return typeList
	case '{':
		return typeObject
	}
	return typeNumber
}

func typeNames(bits uint8) (names []string) {
	for i, name := range []string{"string", "number", "boolean", "null", "array"} {
		if bits&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// encode returns the stored form: values with their lengths, then one or two bytes for each row, compressed.
func (c *column) encode() []byte {
	raw := binary.AppendUvarint(nil, uint64(len(c.values)))
	for _, v := range c.values {
		raw = appendSized(raw, v)
	}
	if len(c.values) < 256 {
		for _, code := range c.codes {
			raw = append(raw, byte(code))
		}
	} else {
		for _, code := range c.codes {
			raw = binary.LittleEndian.AppendUint16(raw, code)
		}
	}
	return s2.Encode(nil, raw)
}

// decompress undoes s2, for a stored value of some rows.
func decompress(stored []byte, rows int) ([]byte, error) {
	size, err := s2.DecodedLen(stored)
	if err != nil || size > 64+rows*(maxValue+16) {
		return nil, errDamaged
	}
	raw, err := s2.Decode(nil, stored)
	if err != nil {
		return nil, errDamaged
	}
	return raw, nil
}

func decodeColumn(stored []byte, rows int) (*column, error) {
	raw, err := decompress(stored, rows)
	if err != nil {
		return nil, err
	}
	r := reader{rest: raw}
	n := r.number()
	if n > uint64(rows) {
		return nil, errDamaged
	}
	c := &column{values: make([]string, n), codes: make([]uint16, rows)}
	for i := range c.values {
		v := r.sized()
		if len(v) == 0 {
			return nil, errDamaged
		}
		c.values[i] = unsafe.String(unsafe.SliceData(v), len(v)) // nobody else has raw
	}
	highest := uint16(0)
	switch {
	case n < 256 && len(r.rest) == rows:
		for i, code := range r.rest {
			c.codes[i] = uint16(code)
			highest = max(highest, uint16(code))
		}
	case len(r.rest) == 2*rows:
		for i := range c.codes {
			code := binary.LittleEndian.Uint16(r.rest[2*i:])
			c.codes[i] = code
			highest = max(highest, code)
		}
	default:
		return nil, errDamaged
	}
	if uint64(highest) > n {
		return nil, errDamaged
	}
	return c, nil
}
