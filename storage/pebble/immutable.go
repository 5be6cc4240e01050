package pebble

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"sync"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// search returns a page of an immutable collection in the order of time. Blocks are read from the end where the page lies, a
// few at a time, until no other block can hold a row of it.
func (p *plan) search(q storage.Query, limit int) (storage.Page, error) {
	if q.Sort.Field != "" && q.Sort.Field != p.schema.Time.String() {
		return storage.Page{}, tracardi.InvalidField("sort", "%s can be sorted by %s only", p.schema.Collection, p.schema.Time)
	}
	ascending := q.Sort.Ascending
	start, err := parseCursor(q.Cursor)
	if err != nil {
		return storage.Page{}, err
	}
	if start != nil {
		p = p.beyond(start, ascending)
	}
	blocks, err := p.blocks()
	if err != nil {
		return storage.Page{}, err
	}
	sortBlocks(blocks, ascending)
	rows, err := p.firstRows(blocks, start, limit+1, ascending)
	if err != nil {
		return storage.Page{}, err
	}
	return p.page(rows, limit)
}

// beyond leaves out the times before the cursor.
func (p *plan) beyond(start *cursor, ascending bool) *plan {
	if ascending {
		return p.within(start.Time, math.MaxInt64)
	}
	return p.within(math.MinInt64, start.Time+1)
}

func sortBlocks(blocks []block, ascending bool) {
	slices.SortStableFunc(blocks, func(a, b block) int {
		fromA, toA := a.span()
		fromB, toB := b.span()
		if ascending {
			return cmp.Compare(fromA, fromB)
		}
		return cmp.Compare(toB, toA)
	})
}

// firstRows returns the first rows after the cursor, in order.
func (p *plan) firstRows(blocks []block, start *cursor, limit int, ascending bool) (rows []rowRef, err error) {
	order := compareRefs
	if !ascending {
		order = func(a, b rowRef) int { return compareRefs(b, a) }
	}
	for wave := 2; len(blocks) > 0; wave = min(wave*2, 32) {
		if len(rows) >= limit && !reaches(blocks[0], rows[limit-1].time, ascending) {
			break
		}
		n := min(wave, len(blocks))
		if rows, err = p.wave(blocks[:n], rows, start, order); err != nil {
			return nil, err
		}
		slices.SortFunc(rows, order)
		rows = rows[:min(len(rows), limit)]
		blocks = blocks[n:]
	}
	return rows, nil
}

// reaches tells whether a block may hold a row at or before a time, in the direction of the search.
func reaches(b block, t int64, ascending bool) bool {
	from, to := b.span()
	if ascending {
		return from <= t
	}
	return to >= t
}

func (p *plan) wave(blocks []block, rows []rowRef, start *cursor, order func(a, b rowRef) int) ([]rowRef, error) {
	var mu sync.Mutex
	err := p.each(blocks, func(b block) error {
		m, err := b.matches(p, nil)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, ref := range m.refs {
			if start == nil || order(rowRef{start.Time, start.Number}, ref) < 0 {
				rows = append(rows, ref)
			}
		}
		return nil
	})
	return rows, err
}

// page reads the documents of the rows; a row more than the limit tells that there is another page.
func (p *plan) page(rows []rowRef, limit int) (storage.Page, error) {
	var page storage.Page
	if len(rows) > limit {
		rows = rows[:limit]
		last := rows[limit-1]
		page.Next = (&cursor{Time: last.time, Number: last.number}).String()
	}
	page.Docs = make([]storage.Doc, 0, len(rows))
	for _, ref := range rows {
		value, err := get(p.store.db, p.space.docNumber(ref.number))
		if err != nil {
			return page, err
		}
		if value == nil {
			continue // deleted meanwhile
		}
		doc, err := parseDocument(value)
		if err != nil {
			return page, err
		}
		page.Docs = append(page.Docs, storage.Doc{ID: doc.id, Time: fromMicros(doc.time), Body: doc.body})
	}
	return page, nil
}

// count counts matches; whole hours of an unfiltered query come from the counters that commits keep.
func (p *plan) count() (total int64, err error) {
	if p.where == nil {
		middle, edges := p.hours()
		if middle != nil {
			if total, err = middle.counted(); err != nil {
				return 0, err
			}
		}
		for _, edge := range edges {
			n, err := edge.countBlocks()
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	}
	return p.countBlocks()
}

func (p *plan) countBlocks() (total int64, err error) {
	blocks, err := p.blocks()
	if err != nil {
		return 0, err
	}
	var mu sync.Mutex
	err = p.each(blocks, func(b block) error {
		n, known := b.count(p)
		if !known {
			m, err := b.matches(p, nil)
			if err != nil {
				return err
			}
			n = int64(len(m.refs))
		}
		mu.Lock()
		defer mu.Unlock()
		total += n
		return nil
	})
	return total, err
}

// bars gathers a histogram.
type bars struct {
	mu       sync.Mutex
	interval storage.Interval
	counts   map[int64]map[string]int64 // interval's start → raw value → count
}

func (b *bars) add(start int64, value string, n int64) {
	at := b.counts[start]
	if at == nil {
		at = map[string]int64{}
		b.counts[start] = at
	}
	at[value] += n
}

// addMatches counts the rows of a block; consecutive rows mostly lie in one bar.
func (b *bars) addMatches(m matches) {
	var start, end int64
	counts := make([]int64, len(m.values)+1)
	flush := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for code, n := range counts {
			if n == 0 {
				continue
			}
			value := ""
			if code > 0 {
				value = m.values[code-1]
			}
			b.add(start, value, n)
			counts[code] = 0
		}
	}
	for i, ref := range m.refs {
		if i == 0 || ref.time >= end {
			flush()
			start, end = b.bounds(ref.time)
		}
		code := uint16(0)
		if m.codes != nil {
			code = m.codes[i]
		}
		counts[code]++
	}
	flush()
}

func (b *bars) bounds(t int64) (start, end int64) {
	first := b.interval.Start(fromMicros(t))
	next := b.interval.Start(first.Add(b.interval.Width + b.interval.Width/2))
	if !next.After(first) {
		next = first.Add(b.interval.Width)
	}
	return micros(first), max(micros(next), t+1)
}

func (p *plan) histogram(interval storage.Interval, field *expr.Path) (*bars, error) {
	result := &bars{interval: interval, counts: map[int64]map[string]int64{}}
	parts := []*plan{p}
	if group, ok := p.group(field); ok && p.where == nil && interval.Width%fullHour == 0 && wholeHours(interval.Zone) {
		middle, edges := p.hours()
		parts = edges
		if middle != nil {
			if err := middle.countedBars(result, group); err != nil {
				return nil, err
			}
		}
	}
	for _, part := range parts {
		blocks, err := part.blocks()
		if err != nil {
			return nil, err
		}
		err = part.each(blocks, func(b block) error {
			m, err := b.matches(part, field)
			if err == nil {
				result.addMatches(m)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return result, nil
}

// top counts the values of a field, by their JSON text.
func (p *plan) top(field *expr.Path) (map[string]int64, error) {
	counts := map[string]int64{}
	parts := []*plan{p}
	if group, ok := p.group(field); ok && p.where == nil {
		middle, edges := p.hours()
		parts = edges
		if middle != nil {
			if err := middle.countedValues(counts, group); err != nil {
				return nil, err
			}
		}
	}
	var mu sync.Mutex
	for _, part := range parts {
		blocks, err := part.blocks()
		if err != nil {
			return nil, err
		}
		err = part.each(blocks, func(b block) error {
			m, err := b.matches(part, field)
			if err != nil {
				return err
			}
			perCode := make([]int64, len(m.values)+1)
			for _, code := range m.codes {
				perCode[code]++
			}
			mu.Lock()
			defer mu.Unlock()
			for i, value := range m.values {
				if n := perCode[i+1]; n > 0 {
					counts[value] += n
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// scan yields the matches oldest first, a page at a time.
func (p *plan) scan(q storage.Query) iter.Seq2[storage.Doc, error] {
	return func(yield func(storage.Doc, error) bool) {
		q.Sort = storage.Sort{Ascending: true}
		for {
			page, err := p.search(q, 1000)
			if err != nil {
				yield(storage.Doc{}, p.store.failure(err))
				return
			}
			for _, doc := range page.Docs {
				if !yield(doc, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.Cursor = page.Next
		}
	}
}
