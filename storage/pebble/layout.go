package pebble

import (
	"strings"
	"unsafe"

	"github.com/tidwall/gjson"
)

// columnsBuilder lays documents out in columns. It walks over each document once: stored documents are valid JSON of much the
// same shape, so a member is mostly the one that came next in the document before.
type columnsBuilder struct {
	rows     int
	root     branch
	columns  map[string]*columnBuilder // by path
	timePath string                    // needs no column: it is in the rows
	partial  bool                      // some paths have no column
}

// branch is a place in the shape of the documents.
type branch struct {
	parent  *branch
	name    string
	path    string
	depth   int
	members []*branch
	index   map[string]*branch // of the members, when there are many
	next    int                // the member that is expected
	column  *columnBuilder
}

func newColumnsBuilder(rows int, timePath string) *columnsBuilder {
	return &columnsBuilder{rows: rows, timePath: timePath, columns: make(map[string]*columnBuilder, 64)}
}

// add takes a document in; rows may come in any order.
func (b *columnsBuilder) add(row int, body []byte) {
	text := unsafe.String(unsafe.SliceData(body), len(body)) // what is kept of it is copied
	if at := skipBlanks(text, 0); at < len(text) && text[at] == '{' {
		b.object(row, text, at, &b.root)
	}
}

// object takes in the members of the object that begins at a place of the text, and returns where it ends and whether it has
// any.
func (b *columnsBuilder) object(row int, text string, at int, of *branch) (end int, filled bool) {
	of.next = 0
	for at = skipBlanks(text, at+1); at < len(text) && text[at] != '}'; at = skipBlanks(text, at) {
		if text[at] == ',' {
			at = skipBlanks(text, at+1)
		}
		if at >= len(text) || text[at] != '"' {
			b.partial = true // no JSON
			return len(text), filled
		}
		nameEnd := textEnd(text, at)
		name := text[at+1 : max(at+1, nameEnd-1)]
		if strings.IndexByte(name, '\\') >= 0 {
			name = gjson.Parse(text[at:nameEnd]).Str
		}
		at = skipBlanks(text, skipBlanks(text, nameEnd)+1) // behind the colon
		if at >= len(text) {
			b.partial = true // no JSON
			return len(text), filled
		}
		filled = true
		at = b.value(row, text, at, of, name)
	}
	return min(at+1, len(text)), filled
}

// value takes a member's value in and returns where it ends.
func (b *columnsBuilder) value(row int, text string, at int, of *branch, name string) int {
	if of == &b.root && notInColumns[name] {
		return valueEnd(text, at)
	}
	if name == "" || strings.Contains(name, stepMark) {
		b.hide(of)
		return valueEnd(text, at)
	}
	member := b.member(of, name)
	if member == nil {
		b.overflow(of)
		return valueEnd(text, at)
	}
	if text[at] != '{' {
		end := valueEnd(text, at)
		b.leaf(row, member, strings.TrimRight(text[at:end], " \t\r\n"))
		return end
	}
	if member.depth == maxDepth {
		end := valueEnd(text, at)
		if skipBlanks(text, at+1) != end-1 {
			b.hide(member)
		} else {
			b.leaf(row, member, "{}")
		}
		return end
	}
	end, filled := b.object(row, text, at, member)
	if !filled {
		b.leaf(row, member, "{}")
	}
	return end
}

const fewMembers = 16

// member returns the branch of a member, a new one if need be; nil when there are too many.
func (b *columnsBuilder) member(of *branch, name string) *branch {
	if of.next < len(of.members) && of.members[of.next].name == name {
		of.next++
		return of.members[of.next-1]
	}
	if m := of.known(name); m != nil {
		return m
	}
	if len(b.columns) >= maxColumns {
		return nil
	}
	name = strings.Clone(name)
	m := &branch{parent: of, name: name, path: name, depth: of.depth + 1}
	if of.parent != nil {
		m.path = of.path + stepMark + name
	}
	of.members = append(of.members, m)
	of.next = len(of.members)
	if of.index != nil {
		of.index[name] = m
	}
	return m
}

// known looks for a member that comes in another order than before.
func (n *branch) known(name string) *branch {
	if len(n.members) > fewMembers {
		if n.index == nil {
			n.index = make(map[string]*branch, 2*len(n.members))
			for _, m := range n.members {
				n.index[m.name] = m
			}
		}
		return n.index[name]
	}
	for i, m := range n.members {
		if m.name == name {
			n.next = i + 1
			return m
		}
	}
	return nil
}

func (b *columnsBuilder) leaf(row int, at *branch, raw string) {
	if raw == "" || at.path == b.timePath {
		return
	}
	if c := b.columnAt(at); c != nil {
		c.add(row, raw)
	}
}

// hide notes that the value at a place has members without columns.
func (b *columnsBuilder) hide(at *branch) {
	b.partial = true
	if at.parent == nil {
		return
	}
	if c := b.columnAt(at); c != nil {
		c.leave()
	}
}

// columnAt returns the column of a place, a new one if need be; nil when there are too many.
func (b *columnsBuilder) columnAt(at *branch) *columnBuilder {
	if at.column == nil && len(b.columns) < maxColumns {
		at.column = &columnBuilder{index: map[string]uint16{}}
		at.column.codes = make([]uint16, b.rows)
		b.columns[at.path] = at.column
	}
	if at.column == nil {
		b.overflow(at.parent)
	}
	return at.column
}

// overflow notes that the values on the way to a place have a member without column.
func (b *columnsBuilder) overflow(at *branch) {
	b.partial = true
	for ; at != nil; at = at.parent {
		if at.column != nil {
			at.column.leave()
		}
	}
}

func skipBlanks(text string, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
		at++
	}
	return at
}

// textEnd returns the place behind the string that begins with a quote at a place.
func textEnd(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// valueEnd returns the place behind the value that begins at a place.
func valueEnd(text string, at int) int {
	if text[at] == '"' {
		return textEnd(text, at)
	}
	depth := 0
	for ; at < len(text); at++ {
		switch text[at] {
		case '"':
			at = textEnd(text, at) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return at
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',':
			if depth == 0 {
				return at
			}
		}
	}
	return len(text)
}
