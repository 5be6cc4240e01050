package pebble

import (
	"cmp"
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/storage"
)

// shelf is what is known of one collection's segments.
type shelf struct {
	segments []*segment // in the order of their documents' numbers
	tail     uint64     // documents from this number on are in no segment
	rows     int        // about how many there are
	next     uint32     // number of the next segment

	making  bool     // a segment is being made
	removed []uint64 // documents that were deleted meanwhile
}

// segmenter turns the tail of each immutable collection into segments, in the background, and replaces segments that hold
// deleted documents.
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

// known waits until what is stored has been read.
func (g *segmenter) known(ctx context.Context) error {
	select {
	case <-g.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// list returns the segments and where the tail begins, once all are known.
func (g *segmenter) list(ctx context.Context, where space) ([]*segment, uint64, error) {
	if err := g.known(ctx); err != nil {
		return nil, 0, err
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
	for where, at := range g.shelf {
		if where.tenant() == tenant {
			g.shelf[where] = &shelf{next: at.next} // a query that still runs must not take another segment for the old one
		}
	}
}

// removed is told of deleted documents, so that a segment that is being made leaves them out.
func (g *segmenter) removed(where space, numbers []uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.shelf[where]; at != nil && at.making {
		at.removed = append(at.removed, numbers...)
	}
}

// afterFailure is how long the segmenter rests when it could not write.
const afterFailure = time.Minute

func (g *segmenter) run(ctx context.Context) {
	err := g.load(ctx)
	close(g.ready)
	if err != nil {
		if ctx.Err() == nil {
			g.store.markDamaged(err)
		}
		return
	}
	rewrite := time.NewTicker(g.store.rewrite)
	defer rewrite.Stop()
	for {
		if err := g.build(ctx); err != nil && ctx.Err() == nil {
			g.store.log.Error("storage: a segment could not be made, searches read the documents instead", "error", err)
			g.rest(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-g.wake:
		case <-rewrite.C:
			if err := g.replace(ctx); err != nil && ctx.Err() == nil {
				g.store.log.Error("storage: a segment could not be made without its deleted documents", "error", err)
				g.rest(ctx)
			}
		}
	}
}

func (g *segmenter) rest(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(afterFailure):
	}
}

// build makes segments until no tail is long enough.
func (g *segmenter) build(ctx context.Context) error {
	for {
		spaces := g.full()
		if len(spaces) == 0 {
			return nil
		}
		for _, where := range spaces {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := g.extend(where); err != nil {
				return err
			}
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

// replace makes the segments that hold deleted documents again.
func (g *segmenter) replace(ctx context.Context) error {
	g.mu.RLock()
	var thinned []*segment
	for _, at := range g.shelf {
		for _, seg := range at.segments {
			if len(*seg.deleted.Load()) > 0 {
				thinned = append(thinned, seg)
			}
		}
	}
	g.mu.RUnlock()
	for _, seg := range thinned {
		if err := cmp.Or(ctx.Err(), g.store.disk.full()); err != nil {
			return err
		}
		if err := g.renew(seg); err != nil {
			return err
		}
	}
	return nil
}

// load reads the headers, the deletions and the tails' lengths.
func (g *segmenter) load(ctx context.Context) error {
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
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := g.loadSpace(spaceOf(tenant, schema.Collection)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *segmenter) loadSpace(where space) error {
	loaded := shelf{}
	err := g.store.each(where.key(tagSegment), func(_, value []byte) error {
		seg, err := parseSegment(where, value)
		if err != nil {
			return err
		}
		loaded.segments = append(loaded.segments, seg)
		loaded.tail, loaded.next = max(loaded.tail, seg.Last+1), max(loaded.next, seg.Number+1)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(loaded.segments, func(a, b *segment) int { return cmp.Compare(a.First, b.First) })
	for _, seg := range loaded.segments {
		if err := g.loadDeleted(seg); err != nil {
			return err
		}
	}
	err = g.store.eachBetween(where.docNumber(loaded.tail), after(where.key(tagDoc)), func(_, _ []byte) error {
		loaded.rows++
		return nil
	})
	g.mu.Lock()
	at := g.at(where)
	at.segments, at.tail, at.next, at.rows = loaded.segments, loaded.tail, loaded.next, max(at.rows, loaded.rows)
	g.mu.Unlock()
	return err
}

func (g *segmenter) loadDeleted(seg *segment) error {
	var rows []uint32
	prefix := binary.BigEndian.AppendUint32(seg.space.key(tagDeleted), seg.Number)
	err := g.store.each(prefix, func(key, _ []byte) error {
		if len(key) != len(prefix)+4 {
			return errDamaged
		}
		rows = append(rows, binary.BigEndian.Uint32(key[len(prefix):]))
		return nil
	})
	seg.hide(rows)
	return err
}

// extend makes a segment of the oldest documents of a tail, unless there are too few: the count may have run ahead.
func (g *segmenter) extend(where space) error {
	g.mu.Lock()
	at := g.shelf[where]
	if at == nil {
		g.mu.Unlock()
		return nil
	}
	at.making = true
	tail, number, thought := at.tail, at.next, at.rows
	g.mu.Unlock()
	defer g.made(at)
	rows, full, err := g.read(numbers{space: where, first: tail, last: math.MaxUint64}, g.store.rows, maxSegmentBytes)
	if err != nil {
		return err
	}
	if !full {
		g.mu.Lock()
		at.rows += len(rows) - thought
		g.mu.Unlock()
		return nil
	}
	return g.put(at, nil, newSegment(where, number, rows), rows)
}

// renew makes a segment again, without its deleted documents. When none is left it only goes.
func (g *segmenter) renew(old *segment) error {
	g.mu.Lock()
	at := g.shelf[old.space]
	if at == nil {
		g.mu.Unlock()
		return nil
	}
	at.making = true
	number := at.next
	g.mu.Unlock()
	defer g.made(at)
	rows, _, err := g.read(old.documents(), maxSegmentRows, math.MaxInt)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return g.put(at, old, nil, nil)
	}
	return g.put(at, old, newSegment(old.space, number, rows), rows)
}

func (g *segmenter) made(at *shelf) {
	g.mu.Lock()
	at.making, at.removed = false, nil
	g.mu.Unlock()
}

// maxSegmentBytes bounds the memory that making a segment of long documents takes.
const maxSegmentBytes = 64 << 20

// read lists documents in the order of their numbers, up to a limit of documents and of bytes; full tells that it was reached.
func (g *segmenter) read(of numbers, limit, bytes int) (rows []rowRef, full bool, err error) {
	iter, err := g.store.db.NewIter(&pebble.IterOptions{LowerBound: of.space.docNumber(of.first), UpperBound: after(of.space.docNumber(of.last))})
	if err != nil {
		return nil, false, err
	}
	size := 0
	for valid := iter.First(); valid && !full; valid = iter.Next() {
		value := iter.Value()
		rows = append(rows, rowRef{documentTime(value), binary.BigEndian.Uint64(iter.Key()[4:])})
		size += len(value)
		full = len(rows) == limit || size >= bytes
		runtime.Gosched()
	}
	return rows, full, iter.Close()
}

// newSegment describes a segment of documents and sorts them by time.
func newSegment(where space, number uint32, rows []rowRef) *segment {
	seg := &segment{Number: number, First: rows[0].number, Last: rows[len(rows)-1].number, Rows: len(rows), space: where, schema: where.schema()}
	slices.SortFunc(rows, compareRefs)
	seg.From, seg.To = rows[0].time, rows[len(rows)-1].time
	seg.deleted.Store(&map[uint32]bool{})
	return seg
}

// put stores a segment, and puts it on the shelf in the place of an old one or, when that is nil, behind the others.
func (g *segmenter) put(at *shelf, old, seg *segment, rows []rowRef) error {
	batch := g.store.db.NewBatch()
	defer func() { _ = batch.Close() }() // applied or of no use
	if old != nil {
		if err := old.unstage(batch); err != nil {
			return err
		}
	}
	if seg != nil {
		if err := seg.stage(batch, g.store.db, rows); err != nil {
			return err
		}
	}
	g.store.changing.Lock()
	defer g.store.changing.Unlock()
	g.mu.RLock()
	dropped := seg != nil && g.shelf[seg.space] != at || old != nil && g.shelf[old.space] != at
	removed := slices.Clone(at.removed)
	g.mu.RUnlock()
	if dropped {
		return nil
	}
	if seg != nil {
		if err := seg.hideNumbers(batch, rows, removed); err != nil {
			return err
		}
	}
	// No sync: what is lost by a crash is made again from the documents.
	if err := g.store.db.Apply(batch, pebble.NoSync); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	at.shelve(old, seg)
	return nil
}

// hideNumbers marks documents that were deleted while the segment was made.
func (seg *segment) hideNumbers(batch *pebble.Batch, rows []rowRef, removed []uint64) error {
	var hidden []uint32
	for row, ref := range rows {
		if !slices.Contains(removed, ref.number) {
			continue
		}
		hidden = append(hidden, uint32(row))
		if err := batch.Set(seg.space.deletedRow(seg.Number, uint32(row)), nil, nil); err != nil {
			return err
		}
	}
	seg.hide(hidden)
	return nil
}

// shelve replaces a segment, or puts another behind the last. Lists that were handed out stay as they are.
func (at *shelf) shelve(old, seg *segment) {
	segments := make([]*segment, 0, len(at.segments)+1)
	for _, other := range at.segments {
		switch {
		case other != old:
			segments = append(segments, other)
		case seg != nil:
			segments = append(segments, seg)
		}
	}
	if old == nil {
		segments = append(segments, seg)
		at.tail = seg.Last + 1
		at.rows -= seg.Rows
	}
	if seg != nil {
		at.next = seg.Number + 1
	}
	at.segments = segments
}
