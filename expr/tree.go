package expr

import (
	"strings"
	"time"
)

// Node is a node of a condition's tree: [And], [Or], [Not] or *[Leaf].
type Node interface {
	// String is the canonical text.
	String() string
	write(b *strings.Builder)
}

// And is true when all of its nodes are.
type And struct{ Nodes []Node }

// Or is true when one of its nodes is.
type Or struct{ Nodes []Node }

// Not is true when its node is false.
type Not struct{ Node Node }

// Op is the operator of a leaf.
type Op uint8

// The operators. Those from IsNull on have no right side, Between has two.
const (
	Equal        Op = iota // = : also membership when a list stands on the right, and a pattern when it has an unescaped *
	NotEqual               // !=
	Less                   // <
	LessEqual              // <=
	Greater                // >
	GreaterEqual           // >=
	Match                  // ~ : pattern or part, without regard to case
	Contains               // CONTAINS
	StartsWith             // STARTS WITH
	EndsWith               // ENDS WITH
	In                     // IN [..]
	NotIn                  // NOT IN [..]
	Between                // BETWEEN .. AND ..
	IsNull                 // IS NULL
	IsNotNull              // IS NOT NULL
	Exists                 // EXISTS
	NotExists              // NOT EXISTS
	Empty                  // EMPTY
	NotEmpty               // NOT EMPTY
)

var opNames = [...]string{
	"=", "!=", "<", "<=", ">", ">=", "~", "CONTAINS", "STARTS WITH", "ENDS WITH", "IN", "NOT IN", "BETWEEN",
	"IS NULL", "IS NOT NULL", "EXISTS", "NOT EXISTS", "EMPTY", "NOT EMPTY",
}

// String is the operator as it is written.
func (op Op) String() string { return opNames[op] }

// unary tells whether the operator has no right side.
func (op Op) unary() bool { return op >= IsNull }

// Operand is a side of a leaf: [Field], [Literal], [Pattern], [List] or [Call].
type Operand interface {
	compile() *operand
}

// Field is a value in the data.
type Field struct {
	Source string // in lower case; "" for the record that is searched
	Path   Path
}

// Literal is a constant: nil, bool, float64, string or time.Time.
type Literal struct{ Value any }

// Pattern is a text with wildcards: * stands for any characters and, beside [Match], ? for one. A backslash in Text
// takes away the meaning of the character after it.
type Pattern struct{ Text string }

// List is a list of constants: nil, bool, float64 or string.
type List struct{ Values []any }

// Call is a function with its arguments, each a [Field] or a [Literal]; the name is in lower case.
type Call struct {
	Name string
	Args []Operand
}

// String is the field as it is written.
func (f Field) String() string {
	var b strings.Builder
	f.write(&b)
	return b.String()
}

// Leaf is one comparison. Leaves are made by the parser and never change.
type Leaf struct {
	op                Op
	left, right, high Operand
	record            string // name of the record that is searched, to write its fields on the right

	// The sides and the pattern prepared for evaluation.
	a, b, c *operand
	glob    *glob
}

// newLeaf prepares a leaf.
func newLeaf(op Op, record string, left, right, high Operand) *Leaf {
	l := &Leaf{op: op, left: left, right: right, high: high, record: record, a: left.compile()}
	if right != nil {
		l.b = right.compile()
	}
	if high != nil {
		l.c = high.compile()
	}
	switch right := right.(type) {
	case Pattern:
		l.glob = newGlob(right.Text, op == Match)
	case Literal:
		if s, ok := right.Value.(string); ok && op == Match {
			l.glob = newSearch(s)
		}
	}
	return l
}

// Op is the operator.
func (l *Leaf) Op() Op { return l.op }

// Left is the left side: a Field or a Call.
func (l *Leaf) Left() Operand { return l.left }

// Right is the right side, the lower end of a Between; nil when the operator has none.
func (l *Leaf) Right() Operand { return l.right }

// High is the upper end of a Between; nil for all other operators.
func (l *Leaf) High() Operand { return l.high }

// Fields are the fields that the leaf reads, in the order they are written.
func (l *Leaf) Fields() []Field {
	var fields []Field
	for _, o := range []Operand{l.left, l.right, l.high} {
		switch o := o.(type) {
		case Field:
			fields = append(fields, o)
		case Call:
			for _, arg := range o.Args {
				if f, ok := arg.(Field); ok {
					fields = append(fields, f)
				}
			}
		}
	}
	return fields
}

// Equals is the field and the bool, float64 or string that it must equal. ok is false for every other leaf: other
// operators, patterns, lists, functions, dates and NULL.
func (l *Leaf) Equals() (f Field, value any, ok bool) {
	f, isField := l.left.(Field)
	literal, isLiteral := l.right.(Literal)
	if l.op != Equal || !isField || !isLiteral {
		return Field{}, nil, false
	}
	switch literal.Value.(type) {
	case bool, float64, string:
		return f, literal.Value, true
	}
	return Field{}, nil, false
}

// OneOf is the field and the values of which it must equal one: field IN [..] and field = [..]. Beside "=" a field that
// holds the very same list fits too, so an index answers only when it keeps the elements of lists. ok is false for
// lists with NULL, and for "= []", which only an empty list equals.
func (l *Leaf) OneOf() (f Field, values []any, ok bool) {
	f, isField := l.left.(Field)
	list, isList := l.right.(List)
	if (l.op != Equal && l.op != In) || !isField || !isList || (l.op == Equal && len(list.Values) == 0) {
		return Field{}, nil, false
	}
	for _, v := range list.Values {
		if v == nil {
			return Field{}, nil, false
		}
	}
	return f, list.Values, true
}

// Range is the span in which a field must lie. An end is nil, float64, string or time.Time; nil is open. With a
// time.Time the field is a text that holds an ISO date (or a date of a typed document) and instants are compared.
type Range struct {
	Field    Field
	Min, Max any
	MinOpen  bool // Min itself is outside
	MaxOpen  bool // Max itself is outside
}

// Range is the span of a leaf that compares a field with constants by >, >=, <, <=, BETWEEN or, for dates, =. Calls of
// now and other functions count as constants only after [Condition.At] has computed them.
func (l *Leaf) Range() (r Range, ok bool) {
	op, left, right := l.op, l.left, l.right
	if _, ok := left.(Field); !ok {
		op, left, right = mirrored(op), right, left
	}
	f, isField := left.(Field)
	end, isEnd := rangeEnd(right)
	if !isField || !isEnd {
		return Range{}, false
	}
	r = Range{Field: f}
	switch op {
	case Greater, GreaterEqual:
		r.Min, r.MinOpen = end, op == Greater
	case Less, LessEqual:
		r.Max, r.MaxOpen = end, op == Less
	case Between:
		high, ok := rangeEnd(l.high)
		if !ok {
			return Range{}, false
		}
		r.Min, r.Max = end, high
	case Equal:
		if _, isDate := end.(time.Time); !isDate {
			return Range{}, false
		}
		r.Min, r.Max = end, end
	default:
		return Range{}, false
	}
	return r, true
}

// rangeEnd is the constant of an operand, if it has an order.
func rangeEnd(o Operand) (end any, ok bool) {
	literal, _ := o.(Literal)
	switch literal.Value.(type) {
	case float64, string, time.Time:
		return literal.Value, true
	}
	return nil, false
}

// mirrored is the operator with its sides swapped; Match stands for those that cannot be.
func mirrored(op Op) Op {
	switch op {
	case Equal:
		return Equal
	case Less:
		return Greater
	case LessEqual:
		return GreaterEqual
	case Greater:
		return Less
	case GreaterEqual:
		return LessEqual
	}
	return Match
}
