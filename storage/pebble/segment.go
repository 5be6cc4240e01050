package pebble

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"runtime"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/klauspost/compress/s2"

	"github.com/tracardi/tracardi-go/storage"
)

// segment describes immutable documents that are laid out in columns, ordered by time. It never changes but for deletions,
// which are marked until the segment is replaced by one without them.
type segment struct {
	Number  uint32                `json:"number"` // in the order of making
	First   uint64                `json:"first"`  // numbers of its documents
	Last    uint64                `json:"last"`
	Rows    int                   `json:"rows"`
	From    int64                 `json:"from"` // earliest and latest time
	To      int64                 `json:"to"`
	Columns map[string]columnInfo `json:"columns"`
	Partial bool                  `json:"partial"` // some paths have no column

	space   space
	schema  *storage.Schema
	deleted atomic.Pointer[map[uint32]bool]
}

type columnInfo struct {
	Types   uint8 `json:"t"`
	Count   int64 `json:"n"`
	Missing bool  `json:"m,omitempty"` // not kept: a value was too long or too deep
}

// errReplaced says that a segment's columns are gone because another segment has its documents, or none.
var errReplaced = errors.New("the segment was replaced")

func (seg *segment) span() (int64, int64) { return seg.From, seg.To }

// documents are the segment's documents, to be read one by one.
func (seg *segment) documents() numbers {
	return numbers{seg.space, seg.First, seg.Last, seg.From, seg.To}
}

func parseSegment(where space, value []byte) (*segment, error) {
	seg := &segment{space: where, schema: where.schema()}
	if json.Unmarshal(value, seg) != nil || seg.Rows < 1 || seg.Rows > maxSegmentRows || seg.Last < seg.First {
		return nil, errDamaged
	}
	seg.deleted.Store(&map[uint32]bool{})
	return seg, nil
}

// stage lays documents out in columns and stages them with the header. rows are in the order of time. It lets others go first all
// the while: with few processors, those who wait for an answer would each wait for the end of its turn, 10 ms, several times.
func (seg *segment) stage(batch *pebble.Batch, db *pebble.DB, rows []rowRef) error {
	columns, err := seg.layOut(db, rows)
	if err != nil {
		return err
	}
	seg.Partial = columns.partial
	seg.Columns = make(map[string]columnInfo, len(columns.columns))
	for path, c := range columns.columns {
		seg.Columns[path] = columnInfo{Types: c.types, Count: c.count, Missing: c.left}
		if c.left {
			continue
		}
		if err := batch.Set(seg.space.column(seg.Number, path), c.encode(), nil); err != nil {
			return err
		}
		runtime.Gosched()
	}
	if err := batch.Set(seg.space.column(seg.Number, rowsColumn), seg.encodeRows(rows), nil); err != nil {
		return err
	}
	header, err := json.Marshal(seg)
	if err != nil {
		return err
	}
	return batch.Set(seg.space.segment(seg.Number), header, nil)
}

func (seg *segment) layOut(db *pebble.DB, rows []rowRef) (*columnsBuilder, error) {
	byNumber := make(map[uint64]int, len(rows))
	for row, ref := range rows {
		byNumber[ref.number] = row
	}
	columns := newColumnsBuilder(len(rows), columnPath(seg.schema.Time))
	iter, err := db.NewIter(&pebble.IterOptions{LowerBound: seg.space.docNumber(seg.First), UpperBound: after(seg.space.docNumber(seg.Last))})
	if err != nil {
		return nil, err
	}
	for valid := iter.First(); valid && err == nil; valid = iter.Next() {
		row, wanted := byNumber[binary.BigEndian.Uint64(iter.Key()[4:])]
		if !wanted {
			continue
		}
		var body []byte
		if body, err = parseBody(iter.Value()); err == nil {
			columns.add(row, body)
		}
		runtime.Gosched()
	}
	return columns, errors.Join(err, iter.Close())
}

// unstage removes the segment's header, columns and marks, not its documents.
func (seg *segment) unstage(batch *pebble.Batch) error {
	columns := binary.BigEndian.AppendUint32(seg.space.key(tagColumn), seg.Number)
	marks := binary.BigEndian.AppendUint32(seg.space.key(tagDeleted), seg.Number)
	return errors.Join(
		batch.Delete(seg.space.segment(seg.Number), nil),
		batch.DeleteRange(columns, after(columns), nil),
		batch.DeleteRange(marks, after(marks), nil))
}

func (seg *segment) encodeRows(rows []rowRef) []byte {
	var raw []byte
	before := seg.From
	for _, row := range rows {
		raw = binary.AppendUvarint(raw, uint64(row.time-before))
		raw = binary.AppendUvarint(raw, row.number-seg.First)
		before = row.time
	}
	return s2.Encode(nil, raw)
}

// rows reads time and number of each row, in the order of time.
func (seg *segment) rows(db *pebble.DB) ([]rowRef, error) {
	stored, err := get(db, seg.space.column(seg.Number, rowsColumn))
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return nil, errReplaced
	}
	return seg.decodeRows(stored)
}

func (seg *segment) decodeRows(stored []byte) ([]rowRef, error) {
	raw, err := decompress(stored, seg.Rows)
	if err != nil {
		return nil, err
	}
	r := reader{rest: raw}
	rows := make([]rowRef, seg.Rows)
	before := seg.From
	for i := range rows {
		before += int64(r.number())
		rows[i] = rowRef{before, seg.First + r.number()}
	}
	return rows, r.err()
}

// column reads one column; nil when no document has the path.
func (seg *segment) column(db *pebble.DB, path string) (*column, error) {
	if _, ok := seg.Columns[path]; !ok {
		return nil, nil
	}
	stored, err := get(db, seg.space.column(seg.Number, path))
	if err != nil {
		return nil, err
	}
	if stored == nil {
		return nil, errReplaced
	}
	return decodeColumn(stored, seg.Rows)
}

// hide marks rows as deleted for searches.
func (seg *segment) hide(rows []uint32) {
	hidden := make(map[uint32]bool, len(*seg.deleted.Load())+len(rows))
	for row := range *seg.deleted.Load() {
		hidden[row] = true
	}
	for _, row := range rows {
		hidden[row] = true
	}
	seg.deleted.Store(&hidden)
}
