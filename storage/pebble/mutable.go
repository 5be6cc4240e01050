package pebble

import (
	"bytes"
	"cmp"
	"container/heap"
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// eachMutable calls f with the documents of a mutable collection that match, in no order that means something.
func (p *plan) eachMutable(f func(doc *document) error) error {
	take := func(value []byte) error {
		if t := documentTime(value); t < p.from || t >= p.to {
			return nil
		}
		doc, err := parseDocument(value)
		if err != nil || !p.holds(doc.body) {
			return err
		}
		return f(&doc)
	}
	if l, ok := p.lookup(); ok {
		ids, err := p.lookupIDs(l)
		if err != nil {
			return err
		}
		return p.eachID(ids, take)
	}
	read := 0
	return p.store.each(p.space.key(tagDoc), func(_, value []byte) error {
		if read++; read%256 == 0 && p.ctx.Err() != nil {
			return p.ctx.Err()
		}
		return take(value)
	})
}

func (p *plan) eachID(ids []string, f func(value []byte) error) error {
	for _, id := range ids {
		value, err := get(p.store.db, p.space.docID(id))
		if err == nil && value != nil {
			err = f(value)
		}
		if err = errors.Join(err, p.ctx.Err()); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) lookupIDs(l lookup) ([]string, error) {
	if l.byID {
		return l.texts, nil
	}
	seen := map[string]bool{}
	var ids []string
	for _, text := range l.texts {
		prefix := p.space.byKey(l.field, text)
		err := p.store.each(prefix, func(key, _ []byte) error {
			if id := string(key[len(prefix):]); !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
			return p.ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// searchMutable returns a page of a mutable collection.
func (p *plan) searchMutable(q storage.Query, limit int) (storage.Page, error) {
	start, err := parseCursor(q.Cursor)
	if err != nil {
		return storage.Page{}, err
	}
	byTime := q.Sort.Field == "" || q.Sort.Field == p.schema.Time.String()
	if byTime && p.where == nil {
		return p.pageByTime(start, limit, q.Sort.Ascending)
	}
	sorted := &sortedRows{limit: limit + 1, ascending: q.Sort.Ascending}
	var field expr.Path
	if !byTime {
		if field, err = expr.ParsePath(q.Sort.Field); err != nil {
			return storage.Page{}, err
		}
	}
	err = p.eachMutable(func(doc *document) error {
		row := sortedRow{key: sortKey{Time: doc.time, ID: doc.id}}
		if !byTime {
			row.key.set(field, doc.body)
		}
		if start == nil || sorted.compare(start.key(), row.key) < 0 {
			row.doc = storage.Doc{ID: doc.id, Time: fromMicros(doc.time), Version: doc.version}
			sorted.add(row, doc.body)
		}
		return nil
	})
	if err != nil {
		return storage.Page{}, err
	}
	return sorted.page(limit), nil
}

// pageByTime walks the index of times.
func (p *plan) pageByTime(start *cursor, limit int, ascending bool) (page storage.Page, err error) {
	lower, upper := p.space.key(tagTime), after(p.space.key(tagTime))
	if p.from != math.MinInt64 {
		lower = p.space.byTime(p.from, "")
	}
	if p.to != math.MaxInt64 {
		upper = p.space.byTime(p.to, "")
	}
	if start != nil {
		at := p.space.byTime(start.Time, start.ID)
		if ascending {
			lower = later(lower, append(at, 0))
		} else if bytes.Compare(at, upper) < 0 {
			upper = at
		}
	}
	iter, err := p.store.db.NewIter(&pebble.IterOptions{LowerBound: lower, UpperBound: upper})
	if err != nil {
		return page, err
	}
	first, next := iter.Last, iter.Prev
	if ascending {
		first, next = iter.First, iter.Next
	}
	prefix := len(p.space.key(tagTime))
	for valid := first(); valid && err == nil; valid = next() {
		t, id := unsortable(binary.BigEndian.Uint64(iter.Key()[prefix:])), string(iter.Key()[prefix+8:])
		if len(page.Docs) == limit {
			last := page.Docs[limit-1]
			page.Next = (&cursor{Time: micros(last.Time), ID: last.ID}).String()
			break
		}
		var value []byte
		if value, err = get(p.store.db, p.space.docID(id)); err != nil || value == nil {
			continue
		}
		var doc document
		if doc, err = parseDocument(value); err == nil {
			page.Docs = append(page.Docs, storage.Doc{ID: id, Time: fromMicros(t), Version: doc.version, Body: doc.body})
		}
	}
	return page, errors.Join(err, iter.Close(), p.ctx.Err())
}

func later(a, b []byte) []byte {
	if bytes.Compare(a, b) > 0 {
		return a
	}
	return b
}

// sortKey orders documents: those without the field last, numbers before texts, then by id.
type sortKey struct {
	Rank   int     `json:"r,omitempty"` // 0 time, 1 number, 2 text, 3 other
	Time   int64   `json:"t,omitempty"`
	Number float64 `json:"f,omitempty"`
	Text   string  `json:"x,omitempty"`
	ID     string  `json:"i,omitempty"`
}

func (k *sortKey) set(field expr.Path, body []byte) {
	k.Time = 0
	value, _ := field.Find(body)
	switch at := value.(type) {
	case float64:
		k.Rank, k.Number = 1, at
	case string:
		k.Rank, k.Text = 2, at
	default:
		k.Rank = 3
	}
}

type sortedRow struct {
	key sortKey
	doc storage.Doc
}

// sortedRows keeps the first rows of a sorted result; it is a heap with the last of them on top.
type sortedRows struct {
	rows      []sortedRow
	limit     int
	ascending bool
}

func (s *sortedRows) compare(a, b sortKey) int {
	if c := cmp.Compare(a.Rank, b.Rank); c != 0 {
		if a.Rank == 3 || b.Rank == 3 || s.ascending {
			return c
		}
		return -c
	}
	c := cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text), cmp.Compare(a.ID, b.ID))
	if s.ascending {
		return c
	}
	return -c
}

func (s *sortedRows) add(row sortedRow, body []byte) {
	if len(s.rows) == s.limit {
		if s.compare(row.key, s.rows[0].key) >= 0 {
			return
		}
		row.doc.Body = bytes.Clone(body)
		s.rows[0] = row
		heap.Fix(s, 0)
		return
	}
	row.doc.Body = bytes.Clone(body)
	heap.Push(s, row)
}

func (s *sortedRows) page(limit int) (page storage.Page) {
	slices.SortFunc(s.rows, func(a, b sortedRow) int { return s.compare(a.key, b.key) })
	if len(s.rows) > limit {
		s.rows = s.rows[:limit]
		last := s.rows[limit-1].key
		page.Next = (&cursor{Time: last.Time, ID: last.ID, Rank: last.Rank, Value: last.Number, Text: last.Text}).String()
	}
	page.Docs = make([]storage.Doc, len(s.rows))
	for i := range s.rows {
		page.Docs[i] = s.rows[i].doc
	}
	return page
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (s *sortedRows) Len() int           { return len(s.rows) }
func (s *sortedRows) Less(i, j int) bool { return s.compare(s.rows[i].key, s.rows[j].key) > 0 }
func (s *sortedRows) Swap(i, j int)      { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] }
func (s *sortedRows) Push(x any)         { s.rows = append(s.rows, x.(sortedRow)) }
func (s *sortedRows) Pop() any {
	last := s.rows[len(s.rows)-1]
	s.rows = s.rows[:len(s.rows)-1]
	return last
}

// countMutable counts matches; all of them come from the counters.
func (p *plan) countMutable() (total int64, err error) {
	if p.where == nil && p.from == math.MinInt64 && p.to == math.MaxInt64 {
		return p.counted()
	}
	err = p.eachMutable(func(*document) error {
		total++
		return nil
	})
	return total, err
}

func (p *plan) histogramMutable(interval storage.Interval, field *expr.Path) (*bars, error) {
	result := &bars{interval: interval, counts: map[int64]map[string]int64{}}
	err := p.eachMutable(func(doc *document) error {
		value := ""
		if field != nil {
			raw, _ := field.FindRaw(doc.body)
			value = string(raw)
		}
		result.add(micros(interval.Start(fromMicros(doc.time))), value, 1)
		return nil
	})
	return result, err
}

func (p *plan) topMutable(field *expr.Path) (map[string]int64, error) {
	counts := map[string]int64{}
	err := p.eachMutable(func(doc *document) error {
		if raw, ok := field.FindRaw(doc.body); ok {
			counts[string(raw)]++
		}
		return nil
	})
	return counts, err
}

// scanMutable yields the matches oldest first, a page at a time.
func (p *plan) scanMutable() iter.Seq2[storage.Doc, error] {
	return func(yield func(storage.Doc, error) bool) {
		var start *cursor
		all := *p
		all.where = nil
		for {
			page, err := all.pageByTime(start, 1000, true)
			if err != nil {
				yield(storage.Doc{}, p.store.failure(err))
				return
			}
			for _, doc := range page.Docs {
				if p.holds(doc.Body) && !yield(doc, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			start, _ = parseCursor(page.Next)
		}
	}
}
