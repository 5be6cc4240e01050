package pebble

import (
	"encoding/binary"
	"errors"
	"slices"

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

const documentOverhead = 64 // room that a stored document mostly takes beside id and body

func (d *document) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(d.time))
	dst = binary.AppendUvarint(dst, d.version)
	dst = appendSized(dst, d.id)
	dst = binary.AppendUvarint(dst, uint64(len(d.keys)))
	for _, k := range d.keys {
		dst = appendSized(append(dst, k.Field), k.Value)
	}
	return append(dst, d.body...)
}

func appendSized(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

var errDamaged = errors.New("a stored value is damaged")

// reader takes a stored value apart. After its end it gives zeros and empty texts.
type reader struct {
	rest    []byte
	damaged bool
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.rest, r.damaged = nil, true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) fixed() uint64 {
	if b := r.bytes(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) number() uint64 {
	n, width := binary.Uvarint(r.rest)
	if width <= 0 {
		r.rest, r.damaged = nil, true
		return 0
	}
	r.rest = r.rest[width:]
	return n
}

func (r *reader) sized() []byte { return r.bytes(r.number()) }

func (r *reader) err() error {
	if r.damaged {
		return errDamaged
	}
	return nil
}

// parseDocument reads a value; body is a part of it.
func parseDocument(value []byte) (d document, err error) {
	r := reader{rest: value}
	d.time = int64(r.fixed())
	d.version = r.number()
	d.id = string(r.sized())
	for n := r.number(); n > 0 && !r.damaged; n-- {
		d.keys = append(d.keys, storage.Key{Field: r.byte(), Value: string(r.sized())})
	}
	d.body = r.rest
	return d, r.err()
}

// parseBody reads only what queries look at.
func parseBody(value []byte) (body []byte, err error) {
	r := reader{rest: value}
	r.fixed()
	r.number()
	r.sized()
	for n := r.number(); n > 0 && !r.damaged; n-- {
		r.byte()
		r.sized()
	}
	return r.rest, r.err()
}

// documentTime reads only the time.
func documentTime(value []byte) int64 {
	r := reader{rest: value}
	return int64(r.fixed())
}

// parseNumber reads the number of an immutable document, or one like it.
func parseNumber(value []byte) (uint64, error) {
	if len(value) != 8 {
		return 0, errDamaged
	}
	return binary.BigEndian.Uint64(value), nil
}

// unlisted begins the key of a text where a list of texts is expected. CONTAINS looks into texts too, so that lookups must find
// these documents. No JSON text begins with this byte.
const unlisted = "\xff"

// keysOf reads the values of the key fields when the writer did not give them.
func keysOf(schema *storage.Schema, doc *storage.Doc) []storage.Key {
	if doc.Keys != nil {
		return doc.Keys
	}
	var keys []storage.Key
	for i, field := range schema.Keys {
		value, _ := field.Path.Find(doc.Body)
		switch value := value.(type) {
		case string:
			if field.List {
				value = unlisted
			}
			keys = append(keys, storage.Key{Field: uint8(i), Value: value})
		case []any:
			if field.List {
				keys = appendElements(keys, uint8(i), value)
			}
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

// uncountable stands for a value of a counted field that is no text, or an empty one: who counts must look at the documents of
// its hour. No JSON text begins with this byte.
const uncountable = "\xff"

// groupsOf reads the values of the counted fields when the writer did not give them.
func groupsOf(schema *storage.Schema, doc *storage.Doc) []string {
	if doc.Groups != nil || len(schema.Groups) == 0 {
		return doc.Groups
	}
	groups := make([]string, len(schema.Groups))
	for i, path := range schema.Groups {
		value, found := path.Find(doc.Body)
		if text, _ := value.(string); text != "" {
			groups[i] = text
		} else if found {
			groups[i] = uncountable
		}
	}
	return groups
}
