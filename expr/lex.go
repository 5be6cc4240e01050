package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// word is a text of the source with its escapes decoded.
type word struct {
	text string
	wild []int // offsets in text of the * and ? that were not escaped
}

// pattern is the text as a pattern for newGlob when one of the signs stands in it unescaped.
func (w word) pattern(signs string) (pattern string, ok bool) {
	var b strings.Builder
	wild := w.wild
	for i := range len(w.text) {
		c := w.text[i]
		free := len(wild) > 0 && wild[0] == i
		if free {
			wild = wild[1:]
		}
		switch {
		case free && strings.IndexByte(signs, c) >= 0:
			ok = true
		case c == '*' || c == '?' || c == '\\':
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String(), ok
}

// scanQuoted reads a text in double quotes at pos. A backslash may stand before any sign; before n, r, t, b, f and u it
// means what it means in JSON.
func scanQuoted(text string, pos int) (w word, end int, err error) {
	open := pos
	var b strings.Builder
	for pos++; pos < len(text); {
		switch c := text[pos]; c {
		case '"':
			w.text = b.String()
			return w, pos + 1, nil
		case '\\':
			size, err := scanEscape(&b, text, pos)
			if err != nil {
				return word{}, pos, err
			}
			pos += size
		default:
			if c == '*' || c == '?' {
				w.wild = append(w.wild, b.Len())
			}
			b.WriteByte(c)
			pos++
		}
	}
	err = syntaxErrorAt(text, len(text), fmt.Sprintf("the text that begins at byte %d is not closed", open), `'"'`)
	return word{text: b.String(), wild: w.wild}, pos, err
}

// scanEscape decodes the escape at pos and tells how many bytes it takes.
func scanEscape(b *strings.Builder, text string, pos int) (size int, err error) {
	if pos+1 >= len(text) {
		return 0, syntaxErrorAt(text, len(text), "", "the rest of the escape")
	}
	switch c := text[pos+1]; c {
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'u':
		r, ok := hexRune(text, pos)
		if !ok {
			return 0, syntaxErrorAt(text, pos, `\u needs four hexadecimal digits`)
		}
		size = 6
		if utf16.IsSurrogate(r) {
			if low, ok := hexRune(text, pos+6); ok && utf16.DecodeRune(r, low) != unicode.ReplacementChar {
				r, size = utf16.DecodeRune(r, low), 12
			}
		}
		b.WriteRune(r) // half a surrogate pair becomes the replacement character
		return size, nil
	default:
		r, n := utf8.DecodeRuneInString(text[pos+1:])
		b.WriteRune(r)
		return 1 + n, nil
	}
	return 2, nil
}

// hexRune reads \uXXXX at pos.
func hexRune(text string, pos int) (rune, bool) {
	if pos+6 > len(text) || text[pos] != '\\' || text[pos+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[pos+2:pos+6], 16, 16)
	return rune(n), err == nil
}

// scanBare reads a single word without quotes; a backslash takes away the meaning of the next character.
func scanBare(text string, pos int) (w word, end int) {
	var b strings.Builder
	for pos < len(text) {
		r, size := utf8.DecodeRuneInString(text[pos:])
		if !isBareRune(r) {
			break
		}
		switch {
		case r == '\\' && pos+1 < len(text):
			pos++
			if r, size = utf8.DecodeRuneInString(text[pos:]); unicode.IsSpace(r) {
				size = 0 // a word has no blanks
			}
		case r == '*' || r == '?':
			w.wild = append(w.wild, b.Len())
		}
		b.WriteString(text[pos : pos+size])
		pos += size
	}
	w.text = b.String()
	return w, pos
}

// isBareRune are the characters of a word without quotes.
func isBareRune(r rune) bool {
	return !unicode.IsSpace(r) && !unicode.IsControl(r) && !strings.ContainsRune(`()[]",=<>!~`, r)
}

// isNameRune are the characters that continue a keyword, the name of a function or a field.
func isNameRune(r rune) bool { return r == '.' || r == '@' || isPathRune(r) }

// scanNumber reads a whole text as a number: sign, digits, decimals and exponent.
func scanNumber(text string) (number float64, ok bool) {
	for i := range len(text) {
		if strings.IndexByte("0123456789+-.eE", text[i]) < 0 {
			return 0, false
		}
	}
	number, err := strconv.ParseFloat(text, 64)
	return number, err == nil && !math.IsInf(number, 0)
}

// writeQuoted writes a text in double quotes; the signs get a backslash.
func writeQuoted(b *strings.Builder, text, signs string) {
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\' || (r < utf8.RuneSelf && strings.IndexByte(signs, byte(r)) >= 0):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r):
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// writeNumber writes a number as people do, without an exponent unless it is far from one.
func writeNumber(b *strings.Builder, number float64) {
	format := byte('f')
	if abs := math.Abs(number); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b.WriteString(strconv.FormatFloat(number, format, -1, 64))
}
