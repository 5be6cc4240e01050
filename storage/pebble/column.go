package pebble

import (
	"encoding/binary"
	"strings"

	"github.com/klauspost/compress/s2"
	"github.com/tidwall/gjson"
)

// column holds one path of a segment's documents: the distinct values as JSON text and, for each row, which one it has.
type column struct {
	values []string
	codes  []uint16 // row → index into values plus one; 0 for absent
}

const (
	stepMark   = "\x1f" // joins the steps of a column's path: no key of a document may hold it
	rowsColumn = "\x00rows"
	maxColumns = 1500
	maxValue   = 512 // bytes of JSON; a column with a longer value is left out
	maxDepth   = 12
)

// notInColumns are members of documents that have an index of their own or that nobody searches.
var notInColumns = map[string]bool{"id": true, "config": true, "trash": true}

// columnBuilder gathers a column row by row.
type columnBuilder struct {
	column
	index map[string]uint16
	types uint8
	count int64 // rows that have the path
	left  bool  // a value was too long
}

// columnsBuilder lays documents out in columns.
type columnsBuilder struct {
	rows     int
	columns  map[string]*columnBuilder
	path     []byte
	timePath string // needs no column: it is in the rows
	overflow bool   // there were more paths than columns
}

func newColumnsBuilder(rows int, timePath string) *columnsBuilder {
	return &columnsBuilder{rows: rows, timePath: timePath, columns: make(map[string]*columnBuilder, 64)}
}

func (b *columnsBuilder) add(row int, body []byte) {
	b.path = b.path[:0]
	gjson.ParseBytes(body).ForEach(func(key, value gjson.Result) bool {
		if !notInColumns[key.Str] {
			b.member(row, key.Str, value, 1)
		}
		return true
	})
}

func (b *columnsBuilder) member(row int, key string, value gjson.Result, depth int) {
	if strings.Contains(key, stepMark) {
		b.overflow = true
		return
	}
	before := len(b.path)
	if before > 0 {
		b.path = append(b.path, stepMark...)
	}
	b.path = append(b.path, key...)
	nested := value.IsObject() && depth < maxDepth && value.Raw != "{}"
	if nested {
		value.ForEach(func(key, value gjson.Result) bool {
			b.member(row, key.Str, value, depth+1)
			return true
		})
	} else {
		b.value(row, value)
	}
	b.path = b.path[:before]
}

func (b *columnsBuilder) value(row int, value gjson.Result) {
	if string(b.path) == b.timePath {
		return
	}
	c := b.columns[string(b.path)]
	if c == nil {
		if len(b.columns) == maxColumns {
			b.overflow = true
			return
		}
		c = &columnBuilder{index: map[string]uint16{}}
		c.codes = make([]uint16, b.rows)
		b.columns[string(b.path)] = c
	}
	if c.left {
		return
	}
	if len(value.Raw) > maxValue {
		c.left, c.index, c.values, c.codes = true, nil, nil, nil
		return
	}
	code, ok := c.index[value.Raw]
	if !ok {
		text := strings.Clone(value.Raw)
		c.values = append(c.values, text)
		code = uint16(len(c.values))
		c.index[text] = code
		c.types |= typeBit(text)
	}
	c.codes[row] = code
	c.count++
}

// The types that a column's values have, as bits.
const (
	typeText = 1 << iota
	typeNumber
	typeBoolean
	typeNull
	typeList
	typeObject
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
	for i, name := range []string{"string", "number", "boolean", "null", "array", "object"} {
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
		raw = binary.AppendUvarint(raw, uint64(len(v)))
		raw = append(raw, v...)
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

func decodeColumn(stored []byte, rows int) (*column, error) {
	raw, err := s2.Decode(nil, stored)
	if err != nil {
		return nil, errDamaged
	}
	text := string(raw) // values are parts of it
	n, at := binary.Uvarint(raw)
	if at <= 0 || n > uint64(len(raw)) {
		return nil, errDamaged
	}
	c := &column{values: make([]string, n), codes: make([]uint16, rows)}
	for i := range c.values {
		size, width := binary.Uvarint(raw[at:])
		if width <= 0 || at+width+int(size) > len(raw) {
			return nil, errDamaged
		}
		at += width
		c.values[i] = text[at : at+int(size)]
		at += int(size)
	}
	codes := raw[at:]
	switch {
	case len(c.values) < 256 && len(codes) == rows:
		for i, code := range codes {
			c.codes[i] = uint16(code)
		}
	case len(codes) == 2*rows:
		for i := range c.codes {
			c.codes[i] = binary.LittleEndian.Uint16(codes[2*i:])
		}
	default:
		return nil, errDamaged
	}
	return c, nil
}
