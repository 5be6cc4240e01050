package pebble

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"

	"github.com/cockroachdb/pebble/v2"

	"github.com/tracardi/tracardi-go/expr"
)

// block is a part of an immutable collection that is read as one.
type block interface {
	// span returns times between which all of its documents lie.
	span() (from, to int64)
	// count returns the number of matches.
	count(p *plan) (int64, error)
	// matches returns the matches with their values of a field, unless it is nil.
	matches(p *plan, field *expr.Path) (matches, error)
}

// rowRef is a row of a segment or a document of the tail.
type rowRef struct {
	time   int64
	number uint64
}

func compareRefs(a, b rowRef) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.number, b.number))
}

// matches are the rows of a block that a query selects, in the order of time. When a field was asked for, codes point to its
// values, which are JSON: 0 for absent, n for values[n-1].
type matches struct {
	refs   []rowRef
	codes  []uint32
	values []string
}

// blocks returns the parts of the collection that may hold matches.
func (p *plan) blocks() ([]block, error) {
	if p.from >= p.to {
		return nil, nil
	}
	if l, ok := p.lookup(); ok {
		return p.lookupBlocks(l)
	}
	segments, tail, err := p.store.segments.list(p.ctx, p.space)
	if err != nil {
		return nil, err
	}
	var blocks []block
	for _, seg := range segments {
		if seg.To >= p.from && seg.From < p.to {
			blocks = append(blocks, seg)
		}
	}
	return p.tail(blocks, tail)
}

// tail appends the documents behind the last segment.
func (p *plan) tail(blocks []block, first uint64) ([]block, error) {
	end, ok, err := p.store.lastNumber(p.space)
	if err != nil || !ok || end < first {
		return blocks, err
	}
	return appendNumbers(blocks, numbers{p.space, first, end, math.MinInt64, math.MaxInt64}), nil
}

func (s *Store) lastNumber(where space) (n uint64, found bool, err error) {
	prefix := where.key(tagDoc)
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return 0, false, err
	}
	if found = iter.Last(); found {
		n, err = parseNumber(iter.Key()[len(prefix):])
	}
	return n, found, errors.Join(err, iter.Close())
}

func (p *plan) lookupBlocks(l lookup) (blocks []block, err error) {
	for _, text := range l.texts {
		if l.byID {
			value, err := get(p.store.db, p.space.id(text))
			if err != nil {
				return nil, err
			}
			if value == nil {
				continue
			}
			n, err := parseNumber(value)
			if err != nil {
				return nil, err
			}
			blocks = append(blocks, numbers{p.space, n, n, math.MinInt64, math.MaxInt64})
			continue
		}
		prefix := p.space.byKey(l.field, text)
		err := p.store.each(prefix, func(key, value []byte) error {
			first, err := parseNumber(key[len(prefix):])
			if err != nil {
				return err
			}
			r := run{}
			if err := r.parse(first, value); err != nil {
				return err
			}
			if r.to >= p.from && r.from < p.to {
				blocks = appendNumbers(blocks, numbers{p.space, r.first, r.last, r.from, r.to})
			}
			return p.ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return blocks, nil
}

// numbers is a row of documents with consecutive numbers: a part of the tail, or a run of one key.
type numbers struct {
	space       space
	first, last uint64 // inclusive
	from, to    int64
}

// appendNumbers divides a long row into parts that several processors can read at once.
func appendNumbers(blocks []block, row numbers) []block {
	step := max((row.last-row.first)/8, 512)
	for {
		part := row
		if row.last-row.first < step {
			return append(blocks, part)
		}
		part.last = row.first + step - 1
		blocks = append(blocks, part)
		row.first += step
	}
}

func (n numbers) span() (int64, int64) { return n.from, n.to }

func (n numbers) count(p *plan) (int64, error) {
	m, err := n.matches(p, nil)
	return int64(len(m.refs)), err
}

func (n numbers) matches(p *plan, field *expr.Path) (matches, error) {
	found := newGathering(p, field)
	if n.first == n.last {
		value, err := get(p.store.db, n.space.docNumber(n.first))
		if err == nil && value != nil {
			err = found.add(n.first, value, false)
		}
		return found.sorted(), err
	}
	iter, err := p.store.db.NewIter(&pebble.IterOptions{LowerBound: n.space.docNumber(n.first), UpperBound: after(n.space.docNumber(n.last))})
	if err != nil {
		return matches{}, err
	}
	read := 0
	for valid := iter.First(); valid && err == nil; valid = iter.Next() {
		if read++; read%256 == 0 {
			err = p.ctx.Err()
		}
		if err == nil {
			err = found.add(binary.BigEndian.Uint64(iter.Key()[4:]), iter.Value(), false)
		}
	}
	err = errors.Join(err, iter.Close())
	return found.sorted(), err
}

// matchDocuments reads the documents of some rows of a segment. exact says that they are known to match.
func (seg *segment) matchDocuments(p *plan, rows []rowRef, exact bool, field *expr.Path) (m matches, err error) {
	wanted := make([]uint64, len(rows))
	for i, row := range rows {
		wanted[i] = row.number
	}
	slices.Sort(wanted)
	found := newGathering(p, field)
	iter, err := p.store.db.NewIter(&pebble.IterOptions{LowerBound: seg.space.docNumber(seg.First), UpperBound: after(seg.space.docNumber(seg.Last))})
	if err != nil {
		return m, err
	}
	for i, number := range wanted {
		if i%256 == 0 {
			err = p.ctx.Err()
		}
		if err != nil || !seekNumber(iter, seg.space, number) {
			continue // it was deleted meanwhile
		}
		err = found.add(number, iter.Value(), exact)
	}
	err = errors.Join(err, iter.Close())
	return found.sorted(), err
}

// seekNumber moves forward to a document and tells whether it is there. A few steps cost less than a seek.
func seekNumber(iter *pebble.Iterator, where space, number uint64) bool {
	for range 8 {
		if !iter.Valid() {
			break
		}
		at := binary.BigEndian.Uint64(iter.Key()[4:])
		if at >= number {
			return at == number
		}
		iter.Next()
	}
	return iter.SeekGE(where.docNumber(number)) && binary.BigEndian.Uint64(iter.Key()[4:]) == number
}

// gathering collects matches from documents.
type gathering struct {
	matches
	plan  *plan
	field *expr.Path
	index map[string]uint32
}

func newGathering(p *plan, field *expr.Path) *gathering {
	return &gathering{plan: p, field: field, index: map[string]uint32{}}
}

// add takes a document in when it matches; exact says that only its time is to be checked.
func (g *gathering) add(number uint64, value []byte, exact bool) error {
	t := documentTime(value)
	if t < g.plan.from || t >= g.plan.to {
		return nil
	}
	var body []byte
	if g.plan.where != nil && !exact || g.field != nil {
		var err error
		if body, err = parseBody(value); err != nil {
			return err
		}
	}
	if !exact && !g.plan.holds(body) {
		return nil
	}
	g.refs = append(g.refs, rowRef{t, number})
	if g.field == nil {
		return nil
	}
	code := uint32(0)
	if raw, ok := g.field.FindRaw(body); ok {
		if code = g.index[string(raw)]; code == 0 {
			g.values = append(g.values, string(raw))
			code = uint32(len(g.values))
			g.index[string(raw)] = code
		}
	}
	g.codes = append(g.codes, code)
	return nil
}

// sorted returns the matches in the order of time.
func (g *gathering) sorted() matches {
	if slices.IsSortedFunc(g.refs, compareRefs) {
		return g.matches
	}
	order := make([]int, len(g.refs))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareRefs(g.refs[a], g.refs[b]) })
	m := matches{refs: make([]rowRef, len(order)), values: g.values}
	for i, at := range order {
		m.refs[i] = g.refs[at]
	}
	if g.codes != nil {
		m.codes = make([]uint32, len(order))
		for i, at := range order {
			m.codes[i] = g.codes[at]
		}
	}
	return m
}
