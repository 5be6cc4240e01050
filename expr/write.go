package expr

import (
	"strconv"
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
	writeOperand(b, l.left, "")
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

// writeRight writes a right side, where a field of the searched record needs its source to be no text.
func (l *Leaf) writeRight(b *strings.Builder, o Operand) {
	if f, ok := o.(Field); ok && f.Source == "" {
		f.Source = l.record
		o = f
	}
	writeOperand(b, o, wildcards(l.op))
}

// writeOperand writes an operand where the given signs are wildcards.
func writeOperand(b *strings.Builder, o Operand, signs string) {
	switch o := o.(type) {
	case Field:
		o.write(b)
	case Literal:
		writeLiteral(b, o.Value, signs)
	case Pattern:
		writePattern(b, o.Text, signs)
	case List:
		b.WriteByte('[')
		for i, v := range o.Values {
			if i > 0 {
				b.WriteString(", ")
			}
			writeLiteral(b, v, "")
		}
		b.WriteByte(']')
	case Call:
		b.WriteString(o.Name)
		b.WriteByte('(')
		for i, arg := range o.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			writeOperand(b, arg, "")
		}
		b.WriteByte(')')
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

func writeLiteral(b *strings.Builder, v any, signs string) {
	switch v := v.(type) {
	case nil:
		b.WriteString("NULL")
	case bool:
		b.WriteString(strings.ToUpper(strconv.FormatBool(v)))
	case float64:
		writeNumber(b, v)
	case string:
		writeQuoted(b, v, signs)
	case time.Time:
		b.WriteString(`datetime("` + v.UTC().Format(time.RFC3339Nano) + `")`)
	}
}

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
