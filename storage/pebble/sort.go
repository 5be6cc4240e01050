package pebble

import (
	"bytes"
	"cmp"
	"container/heap"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// rank orders values of different types. Documents without a value that has an order come last in both directions.
type rank byte

const (
	rankTime rank = iota
	rankBoolean
	rankNumber
	rankText
	rankNone
)

// maxSortText is how many bytes of a text its order depends on: cursors hold them.
const maxSortText = 256

// sortKey orders documents; those with equal values by id.
type sortKey struct {
	rank   rank
	time   int64
	number float64
	text   string
	id     string
}

// newSortKey is the key of a document in the order of a field, or of time when it is nil.
func newSortKey(doc *document, field *expr.Path) sortKey {
	if field == nil {
		return sortKey{time: doc.time, id: doc.id}
	}
	key := sortKey{rank: rankNone, id: doc.id}
	raw, _ := field.FindRaw(doc.body)
	switch value := gjson.ParseBytes(raw); value.Type {
	case gjson.True:
		key.rank, key.number = rankBoolean, 1
	case gjson.False:
		key.rank = rankBoolean
	case gjson.Number:
		key.rank, key.number = rankNumber, value.Num
	case gjson.String:
		key.rank, key.text = rankText, value.Str[:min(len(value.Str), maxSortText)]
	}
	return key
}

type sortedRow struct {
	key   sortKey
	value []byte
}

// sortedRows keeps the first rows of a sorted result; it is a heap with the last of them on top.
type sortedRows struct {
	rows      []sortedRow
	limit     int
	ascending bool
}

func (s *sortedRows) compare(a, b sortKey) int {
	none := cmp.Compare(boolean(a.rank == rankNone), boolean(b.rank == rankNone))
	c := cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.time, b.time), cmp.Compare(a.number, b.number),
		cmp.Compare(a.text, b.text), cmp.Compare(a.id, b.id))
	if !s.ascending {
		c = -c
	}
	return cmp.Or(none, c)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// add takes a row in, whose value is copied.
func (s *sortedRows) add(row sortedRow) {
	full := len(s.rows) == s.limit
	if full && s.compare(row.key, s.rows[0].key) >= 0 {
		return
	}
	row.value = bytes.Clone(row.value)
	if full {
		s.rows[0] = row
		heap.Fix(s, 0)
		return
	}
	heap.Push(s, row)
}

func (s *sortedRows) page(limit int) (page storage.Page, err error) {
	slices.SortFunc(s.rows, func(a, b sortedRow) int { return s.compare(a.key, b.key) })
	if len(s.rows) > limit {
		s.rows = s.rows[:limit]
		last := s.rows[limit-1].key
		page.Next = (&cursor{Time: last.time, Key: last}).String()
	}
	for i := range s.rows {
		doc, err := parseDocument(s.rows[i].value)
		if err != nil {
			return page, err
		}
		page.Docs = append(page.Docs, storage.Doc{ID: doc.id, Time: fromMicros(doc.time), Version: doc.version, Body: doc.body})
	}
	return page, nil
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
