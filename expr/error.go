package expr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// SyntaxError says where a text stops making sense and what could have stood there.
type SyntaxError struct {
	Offset   int      // bytes before the place
	Line     int      // from 1
	Column   int      // characters, from 1
	Found    string   // what stands there: a word, a sign or "end of text"
	Expected []string // what could stand there; empty when Reason says all
	Reason   string   // why it was refused, when "expected" does not say it
}

// Error is one sentence with the position, what was found and what was expected.
func (e *SyntaxError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "line %d, column %d: ", e.Line, e.Column)
	if e.Reason != "" {
		b.WriteString(e.Reason)
		if len(e.Expected) > 0 {
			b.WriteString("; ")
		}
	} else {
		fmt.Fprintf(&b, "found %s, ", e.Found)
	}
	if len(e.Expected) > 0 {
		b.WriteString("expected " + alternatives(e.Expected))
	}
	return b.String()
}

// alternatives joins words as "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// syntaxErrorAt places an error in the text.
func syntaxErrorAt(text string, offset int, reason string, expected ...string) *SyntaxError {
	offset = min(offset, len(text))
	before := text[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return &SyntaxError{
		Offset:   offset,
		Line:     strings.Count(before, "\n") + 1,
		Column:   utf8.RuneCountInString(before[line:]) + 1,
		Found:    foundAt(text, offset),
		Expected: expected,
		Reason:   reason,
	}
}

const endOfText = "end of text"

// foundAt names the word or sign at the offset.
func foundAt(text string, offset int) string {
	rest := text[offset:]
	if rest == "" {
		return endOfText
	}
	end := 0
	for end < len(rest) && end < 40 {
		r, size := utf8.DecodeRuneInString(rest[end:])
		if !isNameRune(r) {
			break
		}
		end += size
	}
	if end == 0 {
		_, end = utf8.DecodeRuneInString(rest)
	}
	return fmt.Sprintf("%q", rest[:end])
}

// Problem is a comparison that could not be made on the data at hand; it counted as false.
type Problem struct {
	Leaf   *Leaf
	Reason string // "a text cannot be ordered against a number"
}

// Error is the leaf and the reason.
func (p *Problem) Error() string { return p.Leaf.String() + ": " + p.Reason }

// clip shortens a text for a message.
func clip(s string) string {
	if len(s) <= 40 {
		return s
	}
	end := 40
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}
