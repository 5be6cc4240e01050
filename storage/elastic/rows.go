package elastic

import (
	"cmp"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// rank orders values of different types. Documents without a value that has an order come last in both directions.
type rank int

const (
	rankTime rank = iota
	rankBoolean
	rankNumber
	rankText
	rankNone
)

const maxSortText = 256 // bytes of a text that its order depends on: cursors hold them

// sortKey is the value that a document is ordered by.
type sortKey struct {
	Rank   rank    `json:"r"`
	Number float64 `json:"n"`
	Text   string  `json:"x"`
}

// rows are the first documents in the order of a field, or of time when it is nil, behind a cursor.
type rows struct {
	limit     int
	field     *expr.Path
	ascending bool
	start     *cursor

	list []row
}

type row struct {
	cursor
	found
}

func (r *rows) add(f found) {
	at := row{found: f}
	at.cursor.ID = &at.found.ID
	if r.field == nil {
		at.cursor.At = f.At
	} else {
		at.sortKey = newSortKey(r.field, f.Body)
	}
	if r.start != nil && r.compare(r.start, &at.cursor) >= 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(r.list, &at.cursor, func(a row, b *cursor) int { return r.compare(&a.cursor, b) })
	if i >= r.limit {
		return
	}
	r.list = slices.Insert(r.list, i, at)
	if len(r.list) > r.limit {
		r.list = r.list[:r.limit]
	}
}

func newSortKey(field *expr.Path, body string) sortKey {
	raw, _ := field.FindRaw([]byte(body))
	switch value := gjson.ParseBytes(raw); value.Type {
	case gjson.True:
		return sortKey{Rank: rankBoolean, Number: 1}
	case gjson.False:
		return sortKey{Rank: rankBoolean}
	case gjson.Number:
		return sortKey{Rank: rankNumber, Number: max(min(value.Num, 1e308), -1e308)} // a cursor cannot hold an infinite one
	case gjson.String:
		text := value.Str
		if len(text) > maxSortText {
			text = cutRunes(text, maxSortText)
		}
		return sortKey{Rank: rankText, Text: text}
	}
	return sortKey{Rank: rankNone}
}

func (r *rows) compare(a, b *cursor) int {
	none := cmp.Compare(boolean(a.Rank == rankNone), boolean(b.Rank == rankNone))
	c := cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.At, b.At), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text), cmp.Compare(*a.ID, *b.ID))
	if !r.ascending {
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

// page takes the first rows; one more than asked for tells that there is another page.
func (r *rows) page(limit int) (page storage.Page) {
	for i := range r.list {
		if i == limit {
			page.Next = r.list[limit-1].cursor.String()
			break
		}
		page.Docs = append(page.Docs, r.list[i].found.doc())
	}
	return page
}
