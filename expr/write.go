package expr

import (
	"strings"
	"time"
)

func (n And) write(b *strings.Builder) { writeChain(b, n.Nodes, " AND ") }
func (n Or) write(b *strings.Builder)  { writeChain(b, n.Nodes, " OR ") }

// writeChain writes nodes with a word between them. Or binds less than all others, so that is what needs parentheses.
func writeChain(b *strings.Builder, nodes []Node, between string) {
	for i, n := range nodes {
		if i > 0 {
			b.WriteString(between)
		}
		writeAtom(b, n, between == " OR ")
	}
}

// writeAtom writes a node, in parentheses if it is a chain; an And inside an Or needs none.
func writeAtom(b *strings.Builder, n Node, insideOr bool) {
	_, isOr := n.(Or)
	_, isAnd := n.(And)
	if !isOr && (!isAnd || insideOr) {
		n.write(b)
		return
	}
	b.WriteByte('(')
	n.write(b)
	b.WriteByte(')')
}

func (n Not) write(b *strings.Builder) {
	b.WriteString("NOT ")
	writeAtom(b, n.Node, false)
}

func (l *Leaf) write(b *strings.Builder) {
	l.left.write(b)
	b.WriteByte(' ')
	b.WriteString(l.op.String())
	if l.right != nil {
		b.WriteByte(' ')
		l.writeRight(b, l.right)
	}
	if l.high != nil {
		b.WriteString(" AND ")
		l.writeRight(b, l.high)
	}
}

// writeRight writes a right side, where a field of the searched record needs its source and stars are special.
func (l *Leaf) writeRight(b *strings.Builder, o Operand) {
	switch o := o.(type) {
	case Field:
		if o.Source == "" {
			o.Source = l.record
		}
		o.write(b)
	case Literal:
		if s, ok := o.Value.(string); ok {
			writeQuoted(b, s, wildcards(l.op))
			return
		}
		o.write(b)
	case Pattern:
		writePattern(b, o.Text, wildcards(l.op))
	default:
		o.write(b)
	}
}

func (f Field) write(b *strings.Builder) {
	if f.Source != "" {
		b.WriteString(f.Source)
		b.WriteByte('@')
		b.WriteString(f.Path.String())
		return
	}
	// Words that mean something at the place of a field are quoted.
	name := f.Path.String()
	if first := f.Path.steps[0]; isReserved(first) {
		name = `["` + first + `"]` + name[len(first):]
	}
	b.WriteString(name)
}

func (l Literal) write(b *strings.Builder) {
	switch v := l.Value.(type) {
	case nil:
		b.WriteString("NULL")
	case bool:
		b.WriteString(strings.ToUpper(boolText(v)))
	case float64:
		writeNumber(b, v)
	case string:
		writeQuoted(b, v, "")
	case time.Time:
		b.WriteString(`datetime("` + v.UTC().Format(time.RFC3339Nano) + `")`)
	}
}

func boolText(v bool) string {
	if v {
		return "true"
	}
	return "false"
}

// write writes the pattern as it may stand beside ~.
func (p Pattern) write(b *strings.Builder) { writePattern(b, p.Text, wildcards(Match)) }

// writePattern writes a pattern in quotes; a sign that is not special there loses its backslash.
func writePattern(b *strings.Builder, pattern, signs string) {
	b.WriteByte('"')
	escaped := false
	for _, r := range pattern {
		special := r < 128 && strings.ContainsRune(signs, r)
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case escaped && special:
			b.WriteByte('\\')
			b.WriteRune(r)
		case special:
			b.WriteRune(r)
		default:
			var plain strings.Builder
			writeQuoted(&plain, string(r), "")
			b.WriteString(plain.String()[1 : plain.Len()-1])
		}
		escaped = false
	}
	b.WriteByte('"')
}

func (l List) write(b *strings.Builder) {
	b.WriteByte('[')
	for i, v := range l.Values {
		if i > 0 {
			b.WriteString(", ")
		}
		Literal{v}.write(b)
	}
	b.WriteByte(']')
}

func (c Call) write(b *strings.Builder) {
	b.WriteString(c.Name)
	b.WriteByte('(')
	for i, arg := range c.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		arg.write(b)
	}
	b.WriteByte(')')
}
