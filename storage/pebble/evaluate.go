package pebble

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// columnPath is the name of the column of a path.
func columnPath(p expr.Path) string { return strings.Join(p.Steps(), stepMark) }

// selection is a set of rows of a segment. When it is not exact it may hold rows too many: those of a comparison that the
// columns can't answer.
type selection struct {
	rows  []bool
	exact bool
}

// evaluation answers a condition from the columns of one segment. Each comparison is computed once for each distinct value,
// by the same code that compares documents in memory, so that both mean the same.
type evaluation struct {
	store   *Store
	segment *segment
	refs    []rowRef
	columns map[string]*column
}

func (e *evaluation) node(n expr.Node) (selection, error) {
	switch n := n.(type) {
	case expr.And:
		return e.and(n.Nodes)
	case expr.Or:
		return e.or(n.Nodes)
	case expr.Not:
		inner, err := e.node(n.Node)
		if err != nil || !inner.exact {
			return e.all(false), err
		}
		for i := range inner.rows {
			inner.rows[i] = !inner.rows[i]
		}
		return inner, nil
	case *expr.Leaf:
		return e.leaf(n)
	}
	return e.all(true), nil
}

func (e *evaluation) all(exact bool) selection {
	rows := make([]bool, e.segment.Rows)
	for i := range rows {
		rows[i] = true
	}
	return selection{rows, exact}
}

func (e *evaluation) and(nodes []expr.Node) (selection, error) {
	result := e.all(true)
	for _, n := range nodes {
		part, err := e.node(n)
		if err != nil {
			return part, err
		}
		any := false
		for i := range result.rows {
			result.rows[i] = result.rows[i] && part.rows[i]
			any = any || result.rows[i]
		}
		result.exact = result.exact && part.exact
		if !any {
			return selection{result.rows, true}, nil
		}
	}
	return result, nil
}

func (e *evaluation) or(nodes []expr.Node) (selection, error) {
	result := selection{make([]bool, e.segment.Rows), true}
	for _, n := range nodes {
		part, err := e.node(n)
		if err != nil {
			return part, err
		}
		if !part.exact {
			return e.all(false), nil
		}
		for i := range result.rows {
			result.rows[i] = result.rows[i] || part.rows[i]
		}
	}
	return result, nil
}

// constant answers each field of a leaf with the same value: a leaf that gets here reads one field.
type constant struct {
	value any
	ok    bool
}

func (c constant) Get(string, expr.Path) (any, bool) { return c.value, c.ok }

func (e *evaluation) leaf(l *expr.Leaf) (selection, error) {
	fields := l.Fields()
	for _, f := range fields {
		if f.Path.String() != fields[0].Path.String() {
			return e.all(false), nil
		}
	}
	if len(fields) == 0 {
		holds, _ := l.Eval(constant{})
		return e.fill(holds), nil
	}
	path := fields[0].Path
	if path.String() == e.segment.space.schema().Time.String() {
		return e.time(l), nil
	}
	name := columnPath(path)
	if !e.segment.answers(name, path.Steps()) {
		return e.all(false), nil
	}
	c, err := e.column(name)
	if err != nil {
		return selection{}, err
	}
	if c == nil {
		holds, _ := l.Eval(constant{})
		return e.fill(holds), nil
	}
	verdict := make([]bool, len(c.values)+1)
	verdict[0], _ = l.Eval(constant{})
	for i, raw := range c.values {
		verdict[i+1], _ = l.Eval(constant{decodeValue(raw), true})
	}
	rows := make([]bool, e.segment.Rows)
	for i, code := range c.codes {
		rows[i] = verdict[code]
	}
	return selection{rows, true}, nil
}

func (e *evaluation) fill(holds bool) selection {
	rows := make([]bool, e.segment.Rows)
	if holds {
		return e.all(true)
	}
	return selection{rows, true}
}

// time evaluates a leaf on the document's time, which is in the rows and has no column.
func (e *evaluation) time(l *expr.Leaf) selection {
	rows := make([]bool, e.segment.Rows)
	var text []byte
	for i, ref := range e.refs {
		text = tracardi.AppendTime(text[:0], fromMicros(ref.time))
		rows[i], _ = l.Eval(constant{string(text[1 : len(text)-1]), true})
	}
	return selection{rows, true}
}

func (e *evaluation) column(name string) (*column, error) {
	if c, ok := e.columns[name]; ok {
		return c, nil
	}
	c, err := e.segment.column(e.store.db, name)
	if e.columns == nil {
		e.columns = map[string]*column{}
	}
	e.columns[name] = c
	return c, err
}

// answers tells whether the columns know everything about a path: it is not inside a list, not an object with members of its
// own, not left out.
func (seg *segment) answers(name string, steps []string) bool {
	if notInColumns[steps[0]] || seg.Columns[name].Missing {
		return false
	}
	if _, ok := seg.Columns[name]; !ok && seg.Partial {
		return false
	}
	for i := 1; i < len(steps); i++ {
		if info, ok := seg.Columns[strings.Join(steps[:i], stepMark)]; ok && (info.Missing || info.Types&typeList != 0) {
			return false
		}
	}
	inside := name + stepMark
	if strings.HasPrefix(columnPath(seg.space.schema().Time), inside) {
		return false
	}
	for other := range seg.Columns {
		if strings.HasPrefix(other, inside) {
			return false
		}
	}
	return true
}

// decodeValue reads a column's value the way expr reads documents.
func decodeValue(raw string) any {
	if raw[0] == '"' && strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return gjson.Parse(raw).Value()
}

// matches are the rows of a block that a query selects, in the order of time. When a field was asked for, codes point to its
// values, 0 for absent.
type matches struct {
	refs   []rowRef
	codes  []uint16
	values []string
}

// matches returns the rows of the segment within the plan's time that the condition selects.
func (seg *segment) matches(p *plan, field *expr.Path) (m matches, err error) {
	refs, err := seg.rows(p.store.db)
	if err != nil {
		return m, err
	}
	e := &evaluation{store: p.store, segment: seg, refs: refs}
	selected := selection{exact: true}
	if p.where != nil {
		if selected, err = e.node(p.where.Root()); err != nil {
			return m, err
		}
	}
	low, _ := slices.BinarySearchFunc(refs, p.from, func(r rowRef, t int64) int { return compareTime(r.time, t) })
	high, _ := slices.BinarySearchFunc(refs, p.to, func(r rowRef, t int64) int { return compareTime(r.time, t) })
	deleted := *seg.deleted.Load()
	keep := make([]int, 0, high-low)
	for i := low; i < high; i++ {
		if (selected.rows == nil || selected.rows[i]) && !deleted[uint32(i)] {
			keep = append(keep, i)
		}
	}
	bodies := field != nil && !seg.answersField(*field)
	if !selected.exact || bodies {
		return seg.matchDocuments(p, refs, keep, selected.exact, field)
	}
	m.refs = make([]rowRef, len(keep))
	for i, row := range keep {
		m.refs[i] = refs[row]
	}
	if field == nil {
		return m, nil
	}
	m.codes = make([]uint16, len(keep))
	c, err := e.column(columnPath(*field))
	if err != nil || c == nil {
		return m, err
	}
	for i, row := range keep {
		m.codes[i] = c.codes[row]
	}
	m.values = c.values
	return m, nil
}

func compareTime(a, b int64) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func (seg *segment) answersField(p expr.Path) bool {
	return seg.answers(columnPath(p), p.Steps()) && p.String() != seg.space.schema().Time.String()
}

// matchDocuments reads the documents of the rows that are left, in one pass over their numbers.
func (seg *segment) matchDocuments(p *plan, refs []rowRef, keep []int, exact bool, field *expr.Path) (m matches, err error) {
	wanted := make(map[uint64]bool, len(keep))
	for _, row := range keep {
		wanted[refs[row].number] = true
	}
	found := newGathering(field)
	iter, err := p.store.db.NewIter(&pebble.IterOptions{LowerBound: seg.space.docNumber(seg.First), UpperBound: seg.space.docNumber(seg.Last + 1)})
	if err != nil {
		return m, err
	}
	for valid := iter.First(); valid && err == nil; valid = iter.Next() {
		number := binary.BigEndian.Uint64(iter.Key()[4:])
		if !wanted[number] {
			continue
		}
		if err = p.ctx.Err(); err == nil {
			err = found.add(p, number, iter.Value(), exact)
		}
	}
	err = errors.Join(err, iter.Close())
	return found.sorted(), err
}
