package expr

import (
	"strings"
	"unicode/utf8"
	"unsafe"
)

// glob is a pattern with * (any characters) and ? (one character), cut into the pieces between the stars. Matching takes
// time linear in the text: each piece is looked for once, from where the one before it ended.
type glob struct {
	pieces   []piece
	head     bool // the first piece must stand at the beginning
	tail     bool // the last piece must stand at the end
	fold     bool // texts are compared in lower case
	anything bool // nothing but stars
}

// piece is a run without stars.
type piece struct {
	text  string // when it has no ?
	runes []rune // when it has; anyRune stands for ?
}

const anyRune = -1

// newGlob compiles a pattern; a backslash takes away the meaning of the next character.
func newGlob(pattern string, fold bool) *glob {
	if fold {
		pattern = strings.ToLower(pattern)
	}
	g := &glob{head: true, tail: true, fold: fold}
	var runes []rune
	holes := false
	flush := func() {
		switch {
		case len(runes) == 0:
		case holes:
			g.pieces = append(g.pieces, piece{runes: runes})
		default:
			g.pieces = append(g.pieces, piece{text: string(runes)})
		}
		runes, holes = nil, false
	}
	escaped, star := false, false
	for i, r := range pattern {
		star = false
		switch {
		case escaped:
			runes, escaped = append(runes, r), false
		case r == '\\':
			escaped = true
		case r == '*':
			flush()
			star = true
			g.head = g.head && i > 0
		case r == '?':
			runes, holes = append(runes, anyRune), true
		default:
			runes = append(runes, r)
		}
	}
	flush()
	g.tail = !star
	g.anything = star && len(g.pieces) == 0
	return g
}

// newSearch compiles a text that must occur somewhere, without regard to case.
func newSearch(text string) *glob {
	return &glob{pieces: []piece{{text: strings.ToLower(text)}}, fold: true}
}

// match tells whether the whole text fits.
func (g *glob) match(text string) bool {
	if g.anything {
		return true
	}
	if !g.fold {
		return g.matchFolded(text)
	}
	var buf [128]byte
	if len(text) > len(buf) {
		return g.matchFolded(strings.ToLower(text))
	}
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			return g.matchFolded(strings.ToLower(text))
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return g.matchFolded(unsafe.String(&buf[0], len(text))) // buf lives as long as the call
}

func (g *glob) matchFolded(text string) bool {
	pieces := g.pieces
	if len(pieces) == 0 {
		return text == ""
	}
	if g.head {
		size, ok := pieces[0].prefix(text)
		if !ok {
			return false
		}
		text = text[size:]
		if pieces = pieces[1:]; len(pieces) == 0 {
			return !g.tail || text == ""
		}
	}
	if g.tail {
		last := pieces[len(pieces)-1]
		size, ok := last.suffix(text)
		if !ok {
			return false
		}
		text, pieces = text[:len(text)-size], pieces[:len(pieces)-1]
	}
	for _, p := range pieces {
		end, ok := p.find(text)
		if !ok {
			return false
		}
		text = text[end:]
	}
	return true
}

// prefix tells how many bytes of the text the piece takes at its beginning.
func (p piece) prefix(text string) (size int, ok bool) {
	if p.runes == nil {
		return len(p.text), strings.HasPrefix(text, p.text)
	}
	for _, want := range p.runes {
		r, n := utf8.DecodeRuneInString(text[size:])
		if n == 0 || (want != anyRune && want != r) {
			return 0, false
		}
		size += n
	}
	return size, true
}

// suffix tells how many bytes of the text the piece takes at its end.
func (p piece) suffix(text string) (size int, ok bool) {
	if p.runes == nil {
		return len(p.text), strings.HasSuffix(text, p.text)
	}
	for i := len(p.runes) - 1; i >= 0; i-- {
		r, n := utf8.DecodeLastRuneInString(text[:len(text)-size])
		if n == 0 || (p.runes[i] != anyRune && p.runes[i] != r) {
			return 0, false
		}
		size += n
	}
	return size, true
}

// find tells where the first occurrence of the piece ends.
func (p piece) find(text string) (end int, ok bool) {
	if p.runes == nil {
		i := strings.Index(text, p.text)
		return i + len(p.text), i >= 0
	}
	for i := range text {
		if size, ok := p.prefix(text[i:]); ok {
			return i + size, true
		}
	}
	return 0, false
}
