package pebble

import (
	"context"
	"math"
	"runtime"
	"slices"
	"time"

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
	left   []string        // ids that the indexes leave; nil when they were not asked
}

// newPlan makes a plan that sees every change set that was committed before; nil when nothing is known of the tenant.
func (s *Store) newPlan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (*plan, error) {
	number, known, err := s.tenant(tenant, false)
	if err != nil || !known {
		return nil, err
	}
	if err := s.committer.visible(ctx); err != nil {
		return nil, err
	}
	p := &plan{ctx: ctx, store: s, space: spaceOf(number, c), schema: storage.SchemaOf(c), from: math.MinInt64, to: math.MaxInt64}
	if !q.From.IsZero() {
		p.from = storage.MicrosUp(q.From)
	}
	if !q.To.IsZero() {
		p.to = storage.MicrosUp(q.To)
	}
	if q.Where != nil && q.Where.Root() != nil {
		p.where = q.Where.At(time.Now())
		for _, leaf := range p.required() {
			if from, to, ok := storage.TimeSpan(p.schema, leaf); ok {
				p.from, p.to = max(p.from, from), min(p.to, to)
			}
		}
	}
	return p, nil
}

// within returns the same plan for a part of its time.
func (p *plan) within(from, to int64) *plan {
	part := *p
	part.from, part.to = max(p.from, from), min(p.to, to)
	return &part
}

// all tells whether every document matches.
func (p *plan) all() bool { return p.where == nil && p.from == math.MinInt64 && p.to == math.MaxInt64 }

// holds evaluates the condition on a document.
func (p *plan) holds(body []byte) bool {
	if p.where == nil {
		return true
	}
	ok, _ := p.where.Eval(expr.Document(body)) // what can't be compared does not match
	return ok
}

// required are the comparisons that must hold for each match.
func (p *plan) required() (leaves []*expr.Leaf) {
	if p.where == nil {
		return nil
	}
	nodes := []expr.Node{p.where.Root()}
	for len(nodes) > 0 {
		n := nodes[0]
		nodes = nodes[1:]
		switch n := n.(type) {
		case expr.And:
			nodes = append(nodes, n.Nodes...)
		case *expr.Leaf:
			leaves = append(leaves, n)
		}
	}
	return leaves
}

// lookup is an equality that an index answers: documents by id or by the values of a key field.
type lookup struct {
	byID  bool
	field uint8
	texts []string
}

// lookups are the indexes that answer one of the conditions which must all hold.
func (p *plan) lookups() (all []lookup) {
	for _, leaf := range p.required() {
		if found, answers := p.lookupLeaf(leaf); answers {
			all = append(all, found)
		}
	}
	return all
}

// lookup finds the best index by what it is: the id, or else the first key of the schema.
func (p *plan) lookup() (best lookup, ok bool) {
	for _, found := range p.lookups() {
		if !ok || !best.byID && (found.byID || found.field < best.field) {
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
			if list {
				l.texts = append(l.texts, unlisted)
			}
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
