package pebble

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"sync"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// search returns a page of an immutable collection in the order of time. Blocks are read from the end where the page lies, a
// few at a time, until no other block can hold a row of it.
func (p *plan) search(q storage.Query, limit int) (page storage.Page, err error) {
	if q.Sort.Field != "" && q.Sort.Field != p.schema.Time.String() {
		return page, tracardi.InvalidField("sort", "%s can be sorted by %s only", p.schema.Collection, p.schema.Time)
	}
	start, err := parseCursor(q.Cursor)
	if err != nil {
		return page, err
	}
	order := ordering{ascending: q.Sort.Ascending}
	if start != nil {
		order.start = &rowRef{start.Time, start.Number}
		if order.ascending {
			p = p.within(start.Time, math.MaxInt64)
		} else {
			p = p.within(math.MinInt64, start.Time+1)
		}
	}
	blocks, err := p.blocks()
	if err != nil {
		return page, err
	}
	rows, err := p.firstRows(blocks, order, limit+1)
	if err != nil {
		return page, err
	}
	if len(rows) > limit { // a row more than asked for tells that there is another page
		rows = rows[:limit]
		last := rows[limit-1]
		page.Next = (&cursor{Time: last.time, Number: last.number}).String()
	}
	page.Docs, err = p.documents(rows)
	return page, err
}

// ordering is the direction in which a search lists documents, and the row behind which it begins.
type ordering struct {
	ascending bool
	start     *rowRef // nil for the beginning
}

func (o ordering) compare(a, b rowRef) int {
	if o.ascending {
		return compareRefs(a, b)
	}
	return compareRefs(b, a)
}

// sort puts the blocks first that may hold the first rows.
func (o ordering) sort(blocks []block) {
	slices.SortStableFunc(blocks, func(a, b block) int {
		fromA, toA := a.span()
		fromB, toB := b.span()
		if o.ascending {
			return cmp.Compare(fromA, fromB)
		}
		return cmp.Compare(toB, toA)
	})
}

// reaches tells whether a block may hold a row before another one.
func (o ordering) reaches(b block, row rowRef) bool {
	from, to := b.span()
	if o.ascending {
		return from <= row.time
	}
	return to >= row.time
}

// first returns the first of a block's rows, which come in the order of time.
func (o ordering) first(refs []rowRef, limit int) []rowRef {
	if !o.ascending {
		slices.Reverse(refs)
	}
	if o.start != nil {
		skip, found := slices.BinarySearchFunc(refs, *o.start, o.compare)
		if found {
			skip++
		}
		refs = refs[skip:]
	}
	return refs[:min(len(refs), limit)]
}

// firstRows returns the first rows, in order.
func (p *plan) firstRows(blocks []block, order ordering, limit int) (rows []rowRef, err error) {
	order.sort(blocks)
	for wave := 2; len(blocks) > 0; wave = min(wave*2, 32) {
		if len(rows) == limit && !order.reaches(blocks[0], rows[limit-1]) {
			break
		}
		n := min(wave, len(blocks))
		var mu sync.Mutex
		err := p.each(blocks[:n], func(b block) error {
			m, err := b.matches(p, nil)
			mu.Lock()
			defer mu.Unlock()
			rows = append(rows, order.first(m.refs, limit)...)
			return err
		})
		if err != nil {
			return nil, err
		}
		slices.SortFunc(rows, order.compare)
		rows = rows[:min(len(rows), limit)]
		blocks = blocks[n:]
	}
	return rows, nil
}

// documents reads the documents of rows. Those that were deleted meanwhile are left out.
func (p *plan) documents(rows []rowRef) ([]storage.Doc, error) {
	docs := make([]storage.Doc, 0, len(rows))
	for i, ref := range rows {
		if i%256 == 0 && p.ctx.Err() != nil {
			return nil, p.ctx.Err()
		}
		value, err := get(p.store.db, p.space.docNumber(ref.number))
		if err != nil {
			return nil, err
		}
		if value == nil {
			continue
		}
		doc, err := parseDocument(value)
		if err != nil {
			return nil, err
		}
		docs = append(docs, storage.Doc{ID: doc.id, Time: fromMicros(doc.time), Body: doc.body})
	}
	return docs, nil
}

// count counts matches; whole hours of an unfiltered query come from the counters that commits keep.
func (p *plan) count() (total int64, err error) {
	parts := []*plan{p}
	if p.where == nil {
		middle, edges := p.hours()
		parts = edges
		if middle != nil {
			if total, err = middle.counted(); err != nil {
				return 0, err
			}
		}
	}
	var mu sync.Mutex
	for _, part := range parts {
		blocks, err := part.blocks()
		if err != nil {
			return 0, err
		}
		err = part.each(blocks, func(b block) error {
			n, err := b.count(part)
			mu.Lock()
			defer mu.Unlock()
			total += n
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return total, nil
}

// scanSize is how many documents a scan reads at once.
const scanSize = 1000

// scan yields the matches that are there at its beginning, oldest first. Of blocks whose times overlap it holds the rows, never
// more documents than scanSize.
func (s *Store) scan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	return func(yield func(storage.Doc, error) bool) {
		var p *plan
		var blocks []block
		var rows []rowRef
		err := s.call(ctx, func() (err error) {
			if p, err = s.newPlan(ctx, tenant, c, q); p != nil {
				blocks, err = p.blocks()
			}
			return err
		})
		ordering{ascending: true}.sort(blocks)
		for err == nil && len(blocks)+len(rows) > 0 {
			var docs []storage.Doc
			err = s.call(ctx, func() (err error) {
				if rows, blocks, err = p.more(rows, blocks); err != nil {
					return err
				}
				n := ready(rows, blocks)
				docs, err = p.documents(rows[:n])
				rows = rows[n:]
				return err
			})
			for _, doc := range docs {
				if !yield(doc, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(storage.Doc{}, err)
		}
	}
}

// more reads blocks until the first of the rows can't be preceded by those of another block.
func (p *plan) more(rows []rowRef, blocks []block) ([]rowRef, []block, error) {
	for len(blocks) > 0 && (len(rows) == 0 || ordering{ascending: true}.reaches(blocks[0], rows[0])) {
		m, err := blocks[0].matches(p, nil)
		if err != nil {
			return nil, nil, err
		}
		rows = append(slices.Clip(rows), m.refs...)
		slices.SortFunc(rows, compareRefs)
		blocks = blocks[1:]
	}
	return rows, blocks, nil
}

// ready returns how many rows can be given out before another block must be read.
func ready(rows []rowRef, blocks []block) int {
	n := min(len(rows), scanSize)
	if len(blocks) == 0 {
		return n
	}
	from, _ := blocks[0].span()
	return min(n, firstRow(rows, from))
}
