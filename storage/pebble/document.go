package pebble

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// document is a stored value: time, version (0 for immutable ones), id, keys, then the body.
type document struct {
	time    int64
	version uint64
	id      string
	keys    []storage.Key // of mutable documents, so that a change can remove the old ones
	body    []byte
}

func (d *document) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(d.time))
	dst = binary.AppendUvarint(dst, d.version)
	dst = binary.AppendUvarint(dst, uint64(len(d.id)))
	dst = append(dst, d.id...)
	dst = binary.AppendUvarint(dst, uint64(len(d.keys)))
	for _, k := range d.keys {
		dst = append(dst, k.Field)
		dst = binary.AppendUvarint(dst, uint64(len(k.Value)))
		dst = append(dst, k.Value...)
	}
	return append(dst, d.body...)
}

var errDamaged = errors.New("a stored document is damaged")

// parseDocument reads a value; body and id are parts of it.
func parseDocument(value []byte) (d document, err error) {
	if len(value) < 11 {
		return d, errDamaged
	}
	d.time = int64(binary.BigEndian.Uint64(value))
	at := 8
	number := func() int {
		n, width := binary.Uvarint(value[at:])
		if width <= 0 || n > uint64(len(value)) {
			err = errDamaged
			return 0
		}
		at += width
		return int(n)
	}
	text := func() string {
		n := number()
		if at+n > len(value) {
			err = errDamaged
			return ""
		}
		at += n
		return string(value[at-n : at])
	}
	version, width := binary.Uvarint(value[at:])
	if width <= 0 {
		return d, errDamaged
	}
	d.version, at = version, at+width
	d.id = text()
	if n := number(); err == nil && n > 0 {
		d.keys = make([]storage.Key, 0, n)
		for range n {
			if at >= len(value) {
				return d, errDamaged
			}
			field := value[at]
			at++
			d.keys = append(d.keys, storage.Key{Field: field, Value: text()})
			if err != nil {
				return d, err
			}
		}
	}
	d.body = value[at:]
	return d, err
}

// documentTime reads only the time.
func documentTime(value []byte) int64 {
	if len(value) < 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(value))
}

// keysOf reads the values of the key fields when the writer did not give them.
func keysOf(schema *storage.Schema, doc *storage.Doc) []storage.Key {
	if doc.Keys != nil {
		return doc.Keys
	}
	var keys []storage.Key
	for i, field := range schema.Keys {
		value, _ := field.Path.Find(doc.Body)
		if text, ok := value.(string); ok && !field.List {
			keys = append(keys, storage.Key{Field: uint8(i), Value: text})
		}
		if list, ok := value.([]any); ok && field.List {
			keys = appendElements(keys, uint8(i), list)
		}
	}
	return keys
}

func appendElements(keys []storage.Key, field uint8, list []any) []storage.Key {
	for _, item := range list {
		text, ok := item.(string)
		if key := (storage.Key{Field: field, Value: text}); ok && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// groupsOf reads the values of the counted fields when the writer did not give them.
func groupsOf(schema *storage.Schema, doc *storage.Doc) []string {
	if doc.Groups != nil || len(schema.Groups) == 0 {
		return doc.Groups
	}
	groups := make([]string, len(schema.Groups))
	for i, path := range schema.Groups {
		groups[i] = groupValue(path, doc.Body)
	}
	return groups
}

func groupValue(path expr.Path, body []byte) string {
	value, _ := path.Find(body)
	text, _ := value.(string)
	return text
}

// get copies a value out of the store; nil when there is none.
func get(db pebble.Reader, key []byte) ([]byte, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	copied := append(make([]byte, 0, len(value)), value...)
	return copied, closer.Close()
}
