package pebble

import (
	"errors"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// columnPath is the name of the column of a path.
func columnPath(p expr.Path) string { return strings.Join(p.Steps(), stepMark) }

// selection is a set of rows of a segment. When it is not exact it may hold rows too many: those of a comparison that the
// columns can't answer.
type selection struct {
	rows  bitmap
	exact bool
}

// evaluation answers a condition from the columns of one segment. Each comparison is computed once for each distinct value,
// by the same code that compares documents in memory, so that both mean the same.
type evaluation struct {
	plan    *plan
	segment *segment
	refs    []rowRef
	columns map[string]*column
}

// rows returns time and number of each row.
func (e *evaluation) rows() (refs []rowRef, err error) {
	if e.refs == nil {
		e.refs, err = e.segment.rows(e.plan.store.db)
	}
	return e.refs, err
}

// selected returns the rows for which the plan's condition holds, deleted ones left out.
func (e *evaluation) selected() (s selection, err error) {
	s = e.all(true)
	if e.plan.where != nil {
		if s, err = e.node(e.plan.where.Root()); err != nil {
			return s, err
		}
	}
	for row := range *e.segment.deleted.Load() {
		s.rows.clear(int(row))
	}
	return s, nil
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
		inner.rows.not(e.segment.Rows)
		return inner, nil
	case *expr.Leaf:
		return e.leaf(n)
	}
	return e.all(true), nil
}

func (e *evaluation) all(exact bool) selection { return selection{fullBitmap(e.segment.Rows), exact} }

func (e *evaluation) and(nodes []expr.Node) (selection, error) {
	result := e.all(true)
	for _, n := range nodes {
		part, err := e.node(n)
		if err != nil {
			return part, err
		}
		result.rows.and(part.rows)
		result.exact = result.exact && part.exact
		if result.rows.empty() {
			return selection{result.rows, true}, nil
		}
	}
	return result, nil
}

func (e *evaluation) or(nodes []expr.Node) (selection, error) {
	result := selection{newBitmap(e.segment.Rows), true}
	for _, n := range nodes {
		part, err := e.node(n)
		if err != nil {
			return part, err
		}
		result.rows.or(part.rows)
		result.exact = result.exact && part.exact
	}
	return result, nil
}

// constant answers each field of a leaf with the same value: a leaf that gets here reads one field.
type constant struct {
	value any
	ok    bool
}

func (c *constant) Get(string, expr.Path) (any, bool) { return c.value, c.ok }

func (e *evaluation) leaf(l *expr.Leaf) (selection, error) {
	fields := l.Fields()
	if len(fields) == 0 {
		holds, _ := l.Eval(&constant{}) // what can't be compared does not match
		return e.fill(holds), nil
	}
	path := fields[0].Path
	for _, f := range fields {
		if f.Path.String() != path.String() {
			return e.all(false), nil
		}
	}
	if path.String() == e.segment.schema.Time.String() {
		return e.time(l)
	}
	if !e.segment.answers(path) {
		return e.all(false), nil
	}
	c, err := e.column(columnPath(path))
	if err != nil {
		return selection{}, err
	}
	absent, _ := l.Eval(&constant{})
	if c == nil {
		return e.fill(absent), nil
	}
	return selection{c.where(absent, newTest(l, path)), true}, nil
}

func (e *evaluation) fill(holds bool) selection {
	if holds {
		return e.all(true)
	}
	return selection{newBitmap(e.segment.Rows), true}
}

// where returns the rows whose value passes the test; absent tells whether those without one do.
func (c *column) where(absent bool, holds test) bitmap {
	verdicts := make([]uint64, len(c.values)+1)
	if absent {
		verdicts[0] = 1
	}
	for i, raw := range c.values {
		if holds(raw) {
			verdicts[i+1] = 1
		}
	}
	rows := newBitmap(len(c.codes))
	for i := range rows {
		word := uint64(0)
		for bit, code := range c.codes[i*64 : min(i*64+64, len(c.codes))] {
			word |= verdicts[code] << bit
		}
		rows[i] = word
	}
	return rows
}

// time evaluates a leaf on the document's time, which is in the rows and has no column.
func (e *evaluation) time(l *expr.Leaf) (selection, error) {
	refs, err := e.rows()
	if err != nil {
		return selection{}, err
	}
	s := selection{newBitmap(len(refs)), true}
	if from, to, ok := storage.TimeSpan(e.segment.schema, l); ok {
		last := firstRow(refs, to)
		for row := firstRow(refs, from); row < last; row++ {
			s.rows.set(row)
		}
		return s, nil
	}
	for i, ref := range refs {
		if ok, _ := l.Eval(&constant{storage.TimeText(ref.time), true}); ok {
			s.rows.set(i)
		}
	}
	return s, nil
}

// firstRow returns the first row at or after a time.
func firstRow(refs []rowRef, t int64) int {
	at, _ := slices.BinarySearchFunc(refs, t, func(r rowRef, t int64) int {
		if r.time < t {
			return -1
		}
		return 1
	})
	return at
}

func (e *evaluation) column(name string) (*column, error) {
	if c, ok := e.columns[name]; ok {
		return c, nil
	}
	c, err := e.segment.column(e.plan.store.db, name)
	if e.columns == nil {
		e.columns = map[string]*column{}
	}
	e.columns[name] = c
	return c, err
}

// answers tells whether the columns know everything about a path: it is not inside a list, not an object with members of its
// own, not left out.
func (seg *segment) answers(path expr.Path) bool {
	steps, name := path.Steps(), columnPath(path)
	info, found := seg.Columns[name]
	if notInColumns[steps[0]] || info.Missing || !found && seg.Partial {
		return false
	}
	for i := 1; i < len(steps); i++ {
		if info := seg.Columns[strings.Join(steps[:i], stepMark)]; info.Missing || info.Types&typeList != 0 {
			return false
		}
	}
	inside := name + stepMark
	if strings.HasPrefix(columnPath(seg.schema.Time), inside) {
		return false
	}
	for other := range seg.Columns {
		if strings.HasPrefix(other, inside) {
			return false
		}
	}
	return true
}

func (seg *segment) count(p *plan) (int64, error) {
	whole := p.from <= seg.From && p.to > seg.To
	if whole && p.where == nil {
		return int64(seg.Rows - len(*seg.deleted.Load())), nil
	}
	if whole {
		e := &evaluation{plan: p, segment: seg}
		s, err := e.selected()
		switch {
		case errors.Is(err, errReplaced):
			return seg.documents().count(p)
		case err != nil || s.exact:
			return int64(s.rows.count()), err
		}
	}
	m, err := seg.matches(p, nil)
	return int64(len(m.refs)), err
}

func (seg *segment) matches(p *plan, field *expr.Path) (matches, error) {
	e := &evaluation{plan: p, segment: seg}
	m, err := e.matches(field)
	if errors.Is(err, errReplaced) {
		return seg.documents().matches(p, field)
	}
	return m, err
}

func (e *evaluation) matches(field *expr.Path) (m matches, err error) {
	s, err := e.selected()
	if err != nil || s.rows.empty() {
		return m, err
	}
	refs, err := e.rows()
	if err != nil {
		return m, err
	}
	first, last := firstRow(refs, e.plan.from), firstRow(refs, e.plan.to)
	rows := make([]int, 0, s.rows.count())
	for row := first; row < last; row++ {
		if s.rows.has(row) {
			rows = append(rows, row)
		}
	}
	m.refs = make([]rowRef, len(rows))
	for i, row := range rows {
		m.refs[i] = refs[row]
	}
	if !s.exact || field != nil && !e.segment.keeps(*field) {
		return e.segment.matchDocuments(e.plan, m.refs, s.exact, field)
	}
	if field == nil {
		return m, nil
	}
	m.codes = make([]uint32, len(rows))
	c, err := e.column(columnPath(*field))
	if err != nil || c == nil {
		return m, err
	}
	for i, row := range rows {
		m.codes[i] = uint32(c.codes[row])
	}
	m.values = c.values
	return m, nil
}

// keeps tells whether a field's values can be taken from its column.
func (seg *segment) keeps(field expr.Path) bool {
	return seg.answers(field) && field.String() != seg.schema.Time.String()
}
