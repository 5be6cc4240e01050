package pebble

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"runtime"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"golang.org/x/sync/errgroup"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// plan is a query on one collection, made ready to run.
type plan struct {
	ctx    context.Context
	store  *Store
	space  space
	schema *storage.Schema
	where  *expr.Condition // nil for all
	from   int64           // inclusive
	to     int64           // exclusive
}

func (s *Store) plan(ctx context.Context, tenant uint16, c storage.Collection, q storage.Query) *plan {
	p := &plan{ctx: ctx, store: s, space: spaceOf(tenant, c), schema: storage.SchemaOf(c), from: math.MinInt64, to: math.MaxInt64}
	if q.Where != nil && q.Where.Root() != nil {
		p.where = q.Where.At(time.Now())
	}
	if !q.From.IsZero() {
		p.from = micros(q.From)
	}
	if !q.To.IsZero() {
		p.to = micros(q.To)
	}
	return p
}

// within returns the same plan for a part of its time.
func (p *plan) within(from, to int64) *plan {
	part := *p
	part.from, part.to = max(p.from, from), min(p.to, to)
	return &part
}

// holds evaluates the condition on a document.
func (p *plan) holds(body []byte) bool {
	if p.where == nil {
		return true
	}
	ok, _ := p.where.Eval(expr.Document(body)) // what can't be compared does not match
	return ok
}

// lookup is an equality that an index answers: documents by id or by the values of a key field.
type lookup struct {
	byID  bool
	field uint8
	texts []string
}

// lookup finds the best index among the conditions that must all hold.
func (p *plan) lookup() (best lookup, ok bool) {
	if p.where == nil {
		return best, false
	}
	nodes := []expr.Node{p.where.Root()}
	if and, isAnd := nodes[0].(expr.And); isAnd {
		nodes = and.Nodes
	}
	for _, n := range nodes {
		leaf, isLeaf := n.(*expr.Leaf)
		if !isLeaf {
			continue
		}
		found, answers := p.lookupLeaf(leaf)
		if answers && (!ok || found.byID) {
			best, ok = found, true
		}
	}
	return best, ok
}

func (p *plan) lookupLeaf(leaf *expr.Leaf) (l lookup, ok bool) {
	field, isField := leaf.Left().(expr.Field)
	if !isField {
		return l, false
	}
	list := leaf.Op() == expr.Contains
	if l.texts, ok = lookupTexts(leaf); !ok {
		return l, false
	}
	path := field.Path.String()
	if path == "id" && !list {
		l.byID = true
		return l, true
	}
	for i, key := range p.schema.Keys {
		if key.List == list && key.Path.String() == path {
			l.field = uint8(i)
			return l, true
		}
	}
	return l, false
}

// lookupTexts returns the texts of which a field must equal, or contain, one.
func lookupTexts(leaf *expr.Leaf) (texts []string, ok bool) {
	var values []any
	switch leaf.Op() {
	case expr.Equal:
		_, value, isScalar := leaf.Equals()
		if !isScalar {
			return nil, false
		}
		values = []any{value}
	case expr.In:
		if _, values, ok = leaf.OneOf(); !ok {
			return nil, false
		}
	case expr.Contains:
		literal, isLiteral := leaf.Right().(expr.Literal)
		if !isLiteral {
			return nil, false
		}
		values = []any{literal.Value}
	default:
		return nil, false
	}
	for _, v := range values {
		text, isText := v.(string)
		if !isText {
			return nil, false
		}
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts, true
}

// block is a part of an immutable collection that is read as one.
type block interface {
	// span returns times between which all of its documents lie.
	span() (from, to int64)
	// count returns the number of matches without reading them, when the block knows it.
	count(p *plan) (int64, bool)
	matches(p *plan, field *expr.Path) (matches, error)
}

func (seg *segment) span() (int64, int64) { return seg.From, seg.To }

func (seg *segment) count(p *plan) (int64, bool) {
	if p.where != nil || p.from > seg.From || p.to <= seg.To {
		return 0, false
	}
	return int64(seg.Rows - len(*seg.deleted.Load())), true
}

// numbers is a row of documents with consecutive numbers: a part of the tail, or a run of one key.
type numbers struct {
	space       space
	first, last uint64 // inclusive
	from, to    int64
}

func (n numbers) span() (int64, int64) { return n.from, n.to }

func (n numbers) count(*plan) (int64, bool) { return 0, false }

func (n numbers) matches(p *plan, field *expr.Path) (matches, error) {
	found := newGathering(field)
	if n.first == n.last {
		value, err := get(p.store.db, n.space.docNumber(n.first))
		if err != nil || value == nil {
			return matches{}, err
		}
		err = found.add(p, n.first, value, false)
		return found.sorted(), err
	}
	iter, err := p.store.db.NewIter(&pebble.IterOptions{LowerBound: n.space.docNumber(n.first), UpperBound: n.space.docNumber(n.last + 1)})
	if err != nil {
		return matches{}, err
	}
	read := 0
	for valid := iter.First(); valid && err == nil; valid = iter.Next() {
		if read++; read%256 == 0 {
			err = p.ctx.Err()
		}
		if err == nil {
			err = found.add(p, binary.BigEndian.Uint64(iter.Key()[4:]), iter.Value(), false)
		}
	}
	err = errors.Join(err, iter.Close())
	return found.sorted(), err
}

// gathering collects matches from documents.
type gathering struct {
	matches
	field *expr.Path
	index map[string]uint16
}

func newGathering(field *expr.Path) *gathering {
	return &gathering{field: field, index: map[string]uint16{}}
}

// add takes a document in when it matches; exact says that only its time is to be checked.
func (g *gathering) add(p *plan, number uint64, value []byte, exact bool) error {
	t := documentTime(value)
	if t < p.from || t >= p.to {
		return nil
	}
	var doc document
	if p.where != nil && !exact || g.field != nil {
		var err error
		if doc, err = parseDocument(value); err != nil {
			return err
		}
	}
	if !exact && !p.holds(doc.body) {
		return nil
	}
	g.refs = append(g.refs, rowRef{t, number})
	if g.field == nil {
		return nil
	}
	raw, ok := g.field.FindRaw(doc.body)
	code := uint16(0)
	if ok {
		if code, ok = g.index[string(raw)]; !ok && len(g.values) < math.MaxUint16 {
			g.values = append(g.values, string(raw))
			code = uint16(len(g.values))
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
		m.codes = make([]uint16, len(order))
		for i, at := range order {
			m.codes[i] = g.codes[at]
		}
	}
	return m
}

func compareRefs(a, b rowRef) int {
	return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.number, b.number))
}

const tailParts = 8

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
	return append(blocks, p.tail(tail)...), nil
}

// tail divides the documents behind the last segment into parts that can be read at once by several processors.
func (p *plan) tail(first uint64) (blocks []block) {
	end, ok := p.store.lastNumber(p.space)
	if !ok || end < first {
		return nil
	}
	step := (end-first)/tailParts + 1
	for at := first; at <= end; at += step {
		blocks = append(blocks, numbers{space: p.space, first: at, last: min(at+step-1, end), from: math.MinInt64, to: math.MaxInt64})
	}
	return blocks
}

func (s *Store) lastNumber(where space) (uint64, bool) {
	prefix := where.key(tagDoc)
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return 0, false
	}
	defer func() { _ = iter.Close() }() // reading again will tell
	if !iter.Last() {
		return 0, false
	}
	return binary.BigEndian.Uint64(iter.Key()[len(prefix):]), true
}

func (p *plan) lookupBlocks(l lookup) (blocks []block, err error) {
	for _, text := range l.texts {
		if l.byID {
			value, err := get(p.store.db, p.space.id(text))
			if err != nil {
				return nil, err
			}
			if value != nil {
				n := binary.BigEndian.Uint64(value)
				blocks = append(blocks, numbers{space: p.space, first: n, last: n, from: math.MinInt64, to: math.MaxInt64})
			}
			continue
		}
		prefix := p.space.byKey(l.field, text)
		err := p.store.each(prefix, func(key, value []byte) error {
			r := run{}
			if err := r.parse(binary.BigEndian.Uint64(key[len(prefix):]), value); err != nil {
				return err
			}
			if r.to >= p.from && r.from < p.to {
				blocks = append(blocks, numbers{p.space, r.first, r.last, r.from, r.to})
			}
			return p.ctx.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	return blocks, nil
}

// each runs f on every block, on all processors, and stops at the first error or when the context ends.
func (p *plan) each(blocks []block, f func(block) error) error {
	g, ctx := errgroup.WithContext(p.ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, b := range blocks {
		if ctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return f(b)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return p.ctx.Err()
}
