package expr

import (
	"strings"
	"time"
)

// Condition is a parsed condition. It never changes and may be used by many goroutines at once.
type Condition struct {
	root Node // nil matches everything
}

// Root is the tree; nil when the condition matches everything.
func (c *Condition) Root() Node { return c.root }

// String is the canonical text: Parse(c.String()) gives the same tree.
func (c *Condition) String() string {
	if c.root == nil {
		return ""
	}
	return c.root.String()
}

// Fields are all fields of the condition, each once, in the order they are written.
func (c *Condition) Fields() []Field {
	var fields []Field
	seen := map[string]bool{}
	for l := range c.leaves {
		for _, f := range l.Fields() {
			if name := f.String(); !seen[name] {
				seen[name] = true
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// leaves yields the leaves from left to right.
func (c *Condition) leaves(yield func(*Leaf) bool) { yieldLeaves(c.root, yield) }

func yieldLeaves(n Node, yield func(*Leaf) bool) bool {
	switch n := n.(type) {
	case *Leaf:
		return yield(n)
	case Not:
		return yieldLeaves(n.Node, yield)
	case And:
		return yieldAll(n.Nodes, yield)
	case Or:
		return yieldAll(n.Nodes, yield)
	}
	return true
}

func yieldAll(nodes []Node, yield func(*Leaf) bool) bool {
	for _, n := range nodes {
		if !yieldLeaves(n, yield) {
			return false
		}
	}
	return true
}

// At is the condition with every date that needs no field computed for one moment, so that now() is a constant: for
// queries that run over many documents. What cannot be computed stays as it is.
func (c *Condition) At(now time.Time) *Condition {
	return &Condition{root: fold(c.root, &env{now: now})}
}

func fold(n Node, e *env) Node {
	switch n := n.(type) {
	case *Leaf:
		return n.fold(e)
	case Not:
		return Not{fold(n.Node, e)}
	case And:
		return And{foldAll(n.Nodes, e)}
	case Or:
		return Or{foldAll(n.Nodes, e)}
	}
	return n
}

func foldAll(nodes []Node, e *env) []Node {
	folded := make([]Node, len(nodes))
	for i, n := range nodes {
		folded[i] = fold(n, e)
	}
	return folded
}

// fold computes the constant calls of the leaf.
func (l *Leaf) fold(e *env) *Leaf {
	left, right, high := foldOperand(l.left, l.a, e), foldOperand(l.right, l.b, e), foldOperand(l.high, l.c, e)
	return newLeaf(l.op, l.record, left, right, high)
}

func foldOperand(o Operand, compiled *operand, e *env) Operand {
	if _, ok := o.(Call); !ok || !compiled.constant() {
		return o
	}
	var into value
	v, reason := compiled.eval(e, &into)
	if reason != "" || v.kind != date {
		return o
	}
	return Literal{v.time}
}

func (n And) String() string   { return nodeString(n) }
func (n Or) String() string    { return nodeString(n) }
func (n Not) String() string   { return nodeString(n) }
func (l *Leaf) String() string { return nodeString(l) }

func nodeString(n Node) string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}
