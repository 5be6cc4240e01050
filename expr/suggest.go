package expr

import (
	"strings"
	"unicode/utf8"
)

// The kinds of a Completion.
const (
	WantField    = "field"
	WantOperator = "operator"
	WantValue    = "value"
	WantKeyword  = "keyword"
)

// Completion tells what can stand at the cursor of a half-typed condition. A choice replaces the bytes From to To.
type Completion struct {
	Kind     string   // one of the Want constants; "" when the text before the cursor makes no sense
	Field    string   // the field that an operator or a value belongs to; "" when there is none
	Prefix   string   // what is typed of the choice already, without its quotes
	From, To int      // bytes of the text that the choice replaces
	Keywords []string // words and signs of the language that fit and begin with the prefix
}

// Complete tells what can stand at the cursor, a position in bytes; the text after it does not matter. Fields may stand
// with any source or without one, as the caller wants to offer them.
func Complete(text string, cursor int) Completion {
	cursor = min(max(cursor, 0), len(text))
	for cursor > 0 && cursor < len(text) && !utf8.RuneStart(text[cursor]) {
		cursor--
	}
	p := parser{text: text[:cursor], search: true, completing: true}
	if _, err := p.condition(); err == nil || p.want.Kind == "" {
		return Completion{From: cursor, To: cursor}
	}
	p.want.To = endOfChoice(text, cursor, p.want)
	return p.want
}

// endOfChoice is where the word under the cursor ends.
func endOfChoice(text string, cursor int, want Completion) int {
	if want.Kind == WantValue && strings.HasPrefix(text[want.From:], `"`) {
		if _, end, err := scanQuoted(text, want.From); err == nil {
			return end
		}
	}
	belongs := isNameRune
	switch {
	case want.Kind == WantValue:
		belongs = isBareRune
	case want.Kind == WantOperator && want.Prefix != "" && !isNameRune(rune(want.Prefix[0])):
		belongs = func(r rune) bool { return strings.ContainsRune("=<>!~:", r) }
	}
	if want.Prefix == "" && cursor == want.From {
		return cursor // nothing is typed yet: what follows is another word
	}
	end := cursor
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !belongs(r) {
			break
		}
		end += size
	}
	return end
}

// wants notes what could stand at the cursor, unless something further left is being typed already.
func (p *parser) wants(kind string, start, end int, prefix string, keywords ...string) {
	if !p.completing || end != len(p.text) || p.want.Kind != "" {
		return
	}
	p.want = Completion{Kind: kind, Prefix: prefix, From: start}
	if kind == WantOperator || kind == WantValue {
		p.want.Field = p.current
	}
	for _, word := range keywords {
		if len(word) >= len(prefix) && strings.EqualFold(word[:len(prefix)], prefix) {
			p.want.Keywords = append(p.want.Keywords, word)
		}
	}
}

// wantsField: a field or a call is being typed from start to end.
func (p *parser) wantsField(start, end int) {
	p.wants(WantField, start, end, p.text[start:end],
		"NOT", "now()", "now.offset()", "datetime()", "datetime.offset()", "lowercase()", "uppercase()")
}

// wantsValue: a value is being typed from start to end.
func (p *parser) wantsValue(start, end int, prefix string) {
	p.wants(WantValue, start, end, prefix, "TRUE", "FALSE", "NULL", "now()", "now.offset()", "datetime()")
}

// wantsOperator: an operator is being typed from start on.
func (p *parser) wantsOperator(start int) {
	prefix := strings.Join(strings.Fields(p.text[start:]), " ")
	if prefix != "" && strings.HasSuffix(p.text, " ") {
		prefix += " "
	}
	p.wants(WantOperator, start, len(p.text), prefix, opNames[:]...)
	if prefix != "" && len(p.want.Keywords) == 0 {
		p.want = Completion{} // what stands there begins no operator
	}
}

// wantsKeyword: one of the words is being typed from start on.
func (p *parser) wantsKeyword(start int, words ...string) {
	end := start + len(p.peekName())
	p.wants(WantKeyword, start, end, p.text[start:end], words...)
}
