package pebble

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

// Every key begins with a tag, the tenant's number and, but for messages, the collection's.
const (
	tagMeta    = 'm' // name → value; not of a tenant
	tagDoc     = 'd' // immutable: number → document; mutable: id → document
	tagID      = 'i' // immutable: id → number
	tagKey     = 'k' // immutable: field, value, number → run; mutable: field, value, id → nothing
	tagTime    = 't' // mutable: time, id → nothing
	tagCount   = 'r' // group, hour, value → count
	tagSegment = 'S' // segment's number → header
	tagColumn  = 'C' // segment's number, path → column
	tagDeleted = 'X' // segment's number, row → nothing
	tagReady   = 'q' // messages, see queue.go
)

// tenantTags are those of keys that belong to a tenant.
var tenantTags = []byte{tagDoc, tagID, tagKey, tagTime, tagCount, tagSegment, tagColumn, tagDeleted, tagReady}

// space is the common beginning of a collection's keys: tenant's number and collection's number.
type space [3]byte

// collectionNumbers are part of the file format: append only.
var collectionNumbers = map[storage.Collection]byte{
	storage.Events: 1, storage.Sessions: 2, storage.Profiles: 3, storage.Entities: 4, storage.Logs: 5, storage.Deliveries: 6,
	storage.Runs: 7, storage.Tallies: 8, storage.Schedules: 9,
	storage.Erasures: 10, storage.Tombstones: 11,
}

func spaceOf(tenant uint16, c storage.Collection) space {
	number, known := collectionNumbers[c]
	if !known {
		panic("pebble: collection " + string(c) + " has no number")
	}
	return space{byte(tenant >> 8), byte(tenant), number}
}

// schema returns the schema of the space's collection.
func (s space) schema() *storage.Schema {
	for c, number := range collectionNumbers {
		if number == s[2] {
			return storage.SchemaOf(c)
		}
	}
	panic("pebble: no collection has this number")
}

func (s space) tenant() uint16 { return uint16(s[0])<<8 | uint16(s[1]) }

func (s space) key(tag byte) []byte { return append(make([]byte, 0, 64), tag, s[0], s[1], s[2]) }

func (s space) docNumber(n uint64) []byte { return binary.BigEndian.AppendUint64(s.key(tagDoc), n) }

func (s space) docID(id string) []byte { return append(s.key(tagDoc), id...) }

func (s space) id(id string) []byte { return append(s.key(tagID), id...) }

func (s space) byTime(t int64, id string) []byte {
	return append(binary.BigEndian.AppendUint64(s.key(tagTime), sortable(t)), id...)
}

// byKey begins the keys of all documents with one value of a key field.
func (s space) byKey(field uint8, value string) []byte {
	return appendEscaped(append(s.key(tagKey), field), value)
}

func (s space) run(field uint8, value string, n uint64) []byte {
	return binary.BigEndian.AppendUint64(s.byKey(field, value), n)
}

func (s space) count(group byte, hour int64, value string) []byte {
	return append(binary.BigEndian.AppendUint64(append(s.key(tagCount), group), sortable(hour)), value...)
}

func (s space) segment(n uint32) []byte { return binary.BigEndian.AppendUint32(s.key(tagSegment), n) }

func (s space) column(n uint32, path string) []byte {
	return append(binary.BigEndian.AppendUint32(s.key(tagColumn), n), path...)
}

func (s space) deletedRow(segment, row uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(s.key(tagDeleted), segment), row)
}

// appendEscaped keeps the order of values and lets none be the beginning of another: 0 is written as 0 255, the end is 0 1.
func appendEscaped(dst []byte, value string) []byte {
	for i := range len(value) {
		dst = append(dst, value[i])
		if value[i] == 0 {
			dst = append(dst, 255)
		}
	}
	return append(dst, 0, 1)
}

// sortable turns a signed number into one whose big-endian bytes sort alike.
func sortable(n int64) uint64 { return uint64(n) ^ 1<<63 }

func unsortable(n uint64) int64 { return int64(n ^ 1<<63) }

// after returns the first key behind all that begin with prefix.
func after(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

// micros is the time of documents: microseconds since 1970, whole range of years 1 to 9999.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(n int64) time.Time { return time.UnixMicro(n).UTC() }

const hourMicros = int64(time.Hour / time.Microsecond)

func hourOf(t int64) int64 {
	hour := t / hourMicros
	if t%hourMicros < 0 {
		hour--
	}
	return hour
}
