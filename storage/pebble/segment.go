package pebble

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
	"github.com/klauspost/compress/s2"

	"github.com/tracardi/tracardi-go/storage"
)

// segment describes immutable documents that are laid out in columns, ordered by time. It never changes but for deletions.
type segment struct {
	Number  uint32                `json:"number"`
	First   uint64                `json:"first"` // numbers of its documents
	Last    uint64                `json:"last"`
	Rows    int                   `json:"rows"`
	From    int64                 `json:"from"` // earliest and latest time
	To      int64                 `json:"to"`
	Columns map[string]columnInfo `json:"columns"`
	Partial bool                  `json:"partial"` // some paths have no column

	space   space
	deleted atomic.Pointer[map[uint32]bool]
}

type columnInfo struct {
	Types   uint8 `json:"t"`
	Count   int64 `json:"n"`
	Missing bool  `json:"m,omitempty"` // not kept: a value was too long
}

// shelf is what is known of one collection's segments.
type shelf struct {
	segments []*segment // in the order of their numbers
	tail     uint64     // documents from this number on are in no segment
	rows     int        // about how many there are
}

// segmenter turns the tail of each immutable collection into segments, in the background.
type segmenter struct {
	store *Store
	mu    sync.RWMutex
	shelf map[space]*shelf
	wake  chan struct{}
	ready chan struct{} // closed when what is stored has been read
}

func newSegmenter(s *Store) *segmenter {
	return &segmenter{store: s, shelf: map[space]*shelf{}, wake: make(chan struct{}, 1), ready: make(chan struct{})}
}

// grown is told after each commit how many documents a collection got.
func (g *segmenter) grown(where space, n int) {
	g.mu.Lock()
	at := g.at(where)
	at.rows += n
	full := at.rows >= g.store.rows
	g.mu.Unlock()
	if full {
		g.signal()
	}
}

func (g *segmenter) at(where space) *shelf {
	at := g.shelf[where]
	if at == nil {
		at = &shelf{}
		g.shelf[where] = at
	}
	return at
}

func (g *segmenter) signal() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

// list returns the segments and where the tail begins, once all are known.
func (g *segmenter) list(ctx context.Context, where space) ([]*segment, uint64, error) {
	select {
	case <-g.ready:
	case <-ctx.Done():
		return nil, 0, ctx.Err()
	}
	g.mu.RLock()
	defer g.mu.RUnlock()
	at := g.shelf[where]
	if at == nil {
		return nil, 0, nil
	}
	return at.segments[:len(at.segments):len(at.segments)], at.tail, nil
}

// forget drops what is known of a tenant.
func (g *segmenter) forget(tenant uint16) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for where := range g.shelf {
		if where.tenant() == tenant {
			delete(g.shelf, where)
		}
	}
}

func (g *segmenter) run(ctx context.Context) {
	if err := g.load(); err != nil {
		g.store.markDamaged(err)
	}
	close(g.ready)
	for {
		for _, where := range g.full() {
			if ctx.Err() != nil {
				return
			}
			if err := g.build(where); err != nil {
				g.store.log.Error("storage: a segment could not be built, searches read the documents instead", "error", err)
				break
			}
		}
		if len(g.full()) > 0 && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-g.wake:
		}
	}
}

func (g *segmenter) full() (spaces []space) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	for where, at := range g.shelf {
		if at.rows >= g.store.rows && g.store.disk.full() == nil {
			spaces = append(spaces, where)
		}
	}
	return spaces
}

// load reads the headers, the deletions and the tails' lengths.
func (g *segmenter) load() error {
	g.store.tenantsMu.RLock()
	tenants := make([]uint16, 0, len(g.store.tenants))
	for _, number := range g.store.tenants {
		tenants = append(tenants, number)
	}
	g.store.tenantsMu.RUnlock()
	for _, tenant := range tenants {
		for _, schema := range storage.Schemas {
			if !schema.Immutable {
				continue
			}
			if err := g.loadSpace(spaceOf(tenant, schema.Collection)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *segmenter) loadSpace(where space) error {
	var segments []*segment
	err := g.store.each(where.key(tagSegment), func(_, value []byte) error {
		seg := &segment{space: where}
		if err := json.Unmarshal(value, seg); err != nil {
			return errDamaged
		}
		seg.deleted.Store(&map[uint32]bool{})
		segments = append(segments, seg)
		return nil
	})
	if err != nil {
		return err
	}
	tail := uint64(0)
	for _, seg := range segments {
		if err := g.loadDeleted(seg); err != nil {
			return err
		}
		tail = seg.Last + 1
	}
	rows := 0
	lower := where.docNumber(tail)
	iter, err := g.store.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: after(where.key(tagDoc))})
	if err != nil {
		return err
	}
	for valid := iter.First(); valid; valid = iter.Next() {
		rows++
	}
	g.mu.Lock()
	at := g.at(where)
	at.segments, at.tail, at.rows = segments, tail, max(at.rows, rows)
	g.mu.Unlock()
	return iter.Close()
}

func (g *segmenter) loadDeleted(seg *segment) error {
	deleted := map[uint32]bool{}
	prefix := binary.BigEndian.AppendUint32(seg.space.key(tagDeleted), seg.Number)
	err := g.store.each(prefix, func(key, _ []byte) error {
		deleted[binary.BigEndian.Uint32(key[len(prefix):])] = true
		return nil
	})
	seg.deleted.Store(&deleted)
	return err
}

// segmentRow is a document on its way into a segment.
type segmentRow struct {
	time   int64
	number uint64
	body   []byte
}

// build lays the oldest documents of the tail out in columns.
func (g *segmenter) build(where space) error {
	g.mu.RLock()
	at := g.shelf[where]
	tail, number := at.tail, uint32(0)
	if n := len(at.segments); n > 0 {
		number = at.segments[n-1].Number + 1
	}
	g.mu.RUnlock()
	rows, err := g.read(where, tail)
	if err != nil {
		return err
	}
	if len(rows) < g.store.rows { // deletions, or a count that ran ahead
		g.mu.Lock()
		at.rows = len(rows)
		g.mu.Unlock()
		return nil
	}
	seg := &segment{Number: number, First: rows[0].number, Last: rows[len(rows)-1].number, Rows: len(rows), space: where}
	seg.deleted.Store(&map[uint32]bool{})
	slices.SortStableFunc(rows, func(a, b segmentRow) int { return cmp.Compare(a.time, b.time) })
	seg.From, seg.To = rows[0].time, rows[len(rows)-1].time
	batch, err := seg.stage(g.store.db, rows)
	if err != nil {
		return err
	}
	// No sync: what is lost by a crash is built again from the documents.
	if err := g.store.db.Apply(batch, pebble.NoSync); err != nil {
		return err
	}
	g.mu.Lock()
	at.segments = append(at.segments, seg)
	at.tail = seg.Last + 1
	at.rows -= len(rows)
	g.mu.Unlock()
	return batch.Close()
}

func (g *segmenter) read(where space, tail uint64) ([]segmentRow, error) {
	iter, err := g.store.db.NewIter(&pebble.IterOptions{LowerBound: where.docNumber(tail), UpperBound: after(where.key(tagDoc))})
	if err != nil {
		return nil, err
	}
	rows := make([]segmentRow, 0, g.store.rows)
	for valid := iter.First(); valid && len(rows) < g.store.rows; valid = iter.Next() {
		doc, err := parseDocument(iter.Value())
		if err != nil {
			return nil, err
		}
		number := binary.BigEndian.Uint64(iter.Key()[4:])
		rows = append(rows, segmentRow{doc.time, number, slices.Clone(doc.body)})
	}
	return rows, iter.Close()
}

// stage writes the columns of the rows and the header.
func (seg *segment) stage(db *pebble.DB, rows []segmentRow) (*pebble.Batch, error) {
	columns := newColumnsBuilder(len(rows), columnPath(seg.space.schema().Time))
	for i := range rows {
		columns.add(i, rows[i].body)
		rows[i].body = nil
	}
	seg.Partial = columns.overflow
	seg.Columns = make(map[string]columnInfo, len(columns.columns))
	batch := db.NewBatch()
	for path, c := range columns.columns {
		seg.Columns[path] = columnInfo{Types: c.types, Count: c.count, Missing: c.left}
		if c.left {
			continue
		}
		if err := batch.Set(seg.space.column(seg.Number, path), c.encode(), nil); err != nil {
			return nil, err
		}
	}
	if err := batch.Set(seg.space.column(seg.Number, rowsColumn), seg.encodeRows(rows), nil); err != nil {
		return nil, err
	}
	header, err := json.Marshal(seg)
	if err != nil {
		return nil, err
	}
	return batch, batch.Set(seg.space.segment(seg.Number), header, nil)
}

// rowRef is a row of a segment or a document of the tail.
type rowRef struct {
	time   int64
	number uint64
}

func (seg *segment) encodeRows(rows []segmentRow) []byte {
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
	raw, err := s2.Decode(nil, stored)
	if err != nil {
		return nil, errDamaged
	}
	rows := make([]rowRef, seg.Rows)
	before, at := seg.From, 0
	for i := range rows {
		later, width := binary.Uvarint(raw[at:])
		if width <= 0 {
			return nil, errDamaged
		}
		at += width
		offset, width := binary.Uvarint(raw[at:])
		if width <= 0 {
			return nil, errDamaged
		}
		at += width
		before += int64(later)
		rows[i] = rowRef{before, seg.First + offset}
	}
	return rows, nil
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
	return decodeColumn(stored, seg.Rows)
}

// each calls f with every key and value that begins with prefix; they are valid only during the call.
func (s *Store) each(prefix []byte, f func(key, value []byte) error) error {
	return s.eachBetween(prefix, after(prefix), f)
}

func (s *Store) eachBetween(lower, upper []byte, f func(key, value []byte) error) error {
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return err
	}
	for valid := iter.First(); valid; valid = iter.Next() {
		if err := f(iter.Key(), iter.Value()); err != nil {
			_ = iter.Close() // the first error counts
			return err
		}
	}
	return iter.Close()
}
