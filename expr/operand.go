package expr

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// left reads the left side of a comparison: a field or a call.
func (p *parser) left() (Operand, error) {
	p.skip()
	start := p.pos
	name := p.peekName()
	p.wantsField(start, start+len(name))
	switch {
	case name == "" && !(p.search && strings.HasPrefix(p.text[start:], "[")):
		return nil, p.expected(start, p.operandHint(), "NOT", `"("`)
	case isReserved(name):
		return nil, p.expected(start, p.operandHint())
	case !strings.Contains(name, "@") && p.callFollows(start+len(name)):
		return p.call(name)
	}
	return p.field()
}

// operandHint tells what a field looks like.
func (p *parser) operandHint() string {
	if p.search {
		return "a field"
	}
	return "a field such as profile@traits.name"
}

// isReserved tells whether a word cannot be the name of a field.
func isReserved(word string) bool {
	return strings.EqualFold(word, "and") || strings.EqualFold(word, "or") || strings.EqualFold(word, "not")
}

// peekName is the run of name characters that stands next.
func (p *parser) peekName() string {
	end := p.pos
	for end < len(p.text) {
		r, size := utf8.DecodeRuneInString(p.text[end:])
		if !isNameRune(r) {
			break
		}
		end += size
	}
	return p.text[p.pos:end]
}

// callFollows tells whether a parenthesis stands at pos or after blanks.
func (p *parser) callFollows(pos int) bool {
	return strings.HasPrefix(strings.TrimLeft(p.text[pos:], " \t\r\n"), "(")
}

// field reads source@path, and in a search a path alone.
func (p *parser) field() (Operand, error) {
	start := p.pos
	name := p.peekName()
	source, _, found := strings.Cut(name, "@")
	if !found {
		if !p.search {
			return nil, p.expected(start, p.operandHint())
		}
		return p.path("", start)
	}
	p.pos += len(source) + len("@")
	source = strings.ToLower(source)
	if err := p.checkSource(source, start); err != nil {
		return nil, err
	}
	if source == p.record {
		source = ""
	}
	return p.path(source, start)
}

func (p *parser) checkSource(source string, pos int) error {
	switch {
	case p.completing || (p.search && source == p.record && source != ""):
		return nil
	case p.search:
		reason := fmt.Sprintf("a search reads only fields of the %s; a text with @ needs quotes", p.record)
		return syntaxErrorAt(p.text, pos, reason, p.record+"@path", "path")
	case slices.Contains(sourceNames, source):
		return nil
	}
	return syntaxErrorAt(p.text, pos, fmt.Sprintf("there is no source %q; a text with @ needs quotes", clip(source)), sourceNames...)
}

// path reads the path of a field that began at start.
func (p *parser) path(source string, start int) (Operand, error) {
	path, end, err := scanPath(p.text, p.pos, isPathRune)
	p.wantsField(start, end)
	if err != nil {
		return nil, err
	}
	p.pos = end
	return Field{Source: source, Path: path}, nil
}

// call reads a function with its arguments.
func (p *parser) call(name string) (Operand, error) {
	start := p.pos
	p.pos += len(name)
	p.sign("(")
	var args []Operand
	var places []int
	for !p.sign(")") {
		if len(args) > 0 && !p.sign(",") {
			p.wantsKeyword(p.pos, ",", ")")
			return nil, p.expected(p.pos, `","`, `")"`)
		}
		p.skip()
		places = append(places, p.pos)
		arg, err := p.argument()
		if err != nil {
			return nil, err
		}
		if args = append(args, arg); len(args) > 2 {
			return nil, syntaxErrorAt(p.text, start, "no function takes more than 2 arguments")
		}
	}
	key, f, err := lookup(strings.ToLower(name), len(args))
	if err != nil {
		return nil, syntaxErrorAt(p.text, start, err.Error())
	}
	for i, arg := range args {
		if literal, ok := arg.(Literal); ok {
			if err := f.args[i].check(valueOf(literal.Value)); err != nil {
				return nil, syntaxErrorAt(p.text, places[i], err.Error())
			}
		}
	}
	if t, ok := constantDate(key, args); ok {
		return Literal{t}, nil
	}
	return Call{Name: key, Args: args}, nil
}

// constantDate is the date of datetime("2026-01-31"), which depends on nothing.
func constantDate(name string, args []Operand) (time.Time, bool) {
	if name != "datetime" {
		return time.Time{}, false
	}
	literal, _ := args[0].(Literal)
	s, _ := literal.Value.(string)
	t, ok := parseISO(strings.TrimSpace(s), time.UTC)
	return t.UTC(), ok
}

// argument reads an argument of a function: a field or a constant.
func (p *parser) argument() (Operand, error) {
	name := p.peekName()
	_, isNumber := scanNumber(name)
	rest := p.text[p.pos:]
	if strings.HasPrefix(rest, `"`) || strings.HasPrefix(rest, "+") || isNumber || isConstant(name) {
		return p.value(Contains)
	}
	p.wants(WantField, p.pos, p.pos+len(name), name)
	if !p.search && !strings.Contains(name, "@") {
		return nil, p.expected(p.pos, p.operandHint(), "a quoted text", "a number")
	}
	return p.field()
}

// isConstant tells whether a word is a literal.
func isConstant(word string) bool {
	return strings.EqualFold(word, "null") || strings.EqualFold(word, "true") || strings.EqualFold(word, "false")
}

// value reads the right side of an operator: a constant, a list, a call or a field with its source.
func (p *parser) value(op Op) (Operand, error) {
	p.skip()
	start := p.pos
	switch {
	case start == len(p.text):
	case p.text[start] == '"':
		w, end, err := scanQuoted(p.text, start)
		if err != nil {
			p.wantsValue(start, end, w.text)
			return nil, err
		}
		p.pos = end
		return textOperand(w, op), nil
	case p.text[start] == '\'':
		return nil, syntaxErrorAt(p.text, start, "a text stands in double quotes")
	case p.text[start] == '[':
		return p.list()
	}
	name := p.peekName()
	if source, _, found := strings.Cut(name, "@"); found && p.isSource(strings.ToLower(source)) {
		p.wantsField(start, start+len(name))
		return p.field()
	}
	w, end := scanBare(p.text, start)
	p.wantsValue(start, end, w.text)
	switch {
	case end == start:
		return nil, p.expected(start, "a value")
	case p.callFollows(end) && w.text == name && name != "":
		if p.text[end] == '(' || functions[strings.ToLower(name)] != nil {
			return p.call(name)
		}
	case isReserved(w.text):
		return nil, p.expected(start, "a value")
	case strings.Contains(name, "@") && !p.search:
		source, _, _ := strings.Cut(name, "@")
		return nil, p.checkSource(strings.ToLower(source), start)
	}
	p.pos = end
	return bareOperand(w, op), nil
}

// isSource tells whether the word before an @ names a source.
func (p *parser) isSource(word string) bool {
	return slices.Contains(sourceNames, word) || (p.search && word == p.record && word != "")
}

// textOperand is a text, or a pattern where the operator knows patterns.
func textOperand(w word, op Op) Operand {
	if signs := wildcards(op); signs != "" {
		if pattern, ok := w.pattern(signs); ok {
			return Pattern{pattern}
		}
	}
	return Literal{w.text}
}

// wildcards are the signs with a special meaning on the right of an operator.
func wildcards(op Op) string {
	switch op {
	case Equal, NotEqual:
		return "*"
	case Match:
		return "*?"
	}
	return ""
}

// bareOperand is what a word without quotes means.
func bareOperand(w word, op Op) Operand {
	switch {
	case strings.EqualFold(w.text, "null"):
		return Literal{nil}
	case strings.EqualFold(w.text, "true"):
		return Literal{true}
	case strings.EqualFold(w.text, "false"):
		return Literal{false}
	}
	if n, ok := scanNumber(w.text); ok {
		return Literal{n}
	}
	return textOperand(w, op)
}

// list reads a list of constants.
func (p *parser) list() (Operand, error) {
	p.sign("[")
	values := []any{}
	for !p.sign("]") {
		if len(values) > 0 && !p.sign(",") {
			p.wantsKeyword(p.pos, ",", "]")
			return nil, p.expected(p.pos, `","`, `"]"`)
		}
		p.skip()
		start := p.pos
		v, err := p.value(Contains)
		if err != nil {
			return nil, err
		}
		literal, ok := v.(Literal)
		if _, isDate := literal.Value.(time.Time); !ok || isDate {
			return nil, syntaxErrorAt(p.text, start, "a list holds only constants", "a text", "a number", "TRUE", "FALSE", "NULL")
		}
		if values = append(values, literal.Value); len(values) > MaxListValues {
			return nil, syntaxErrorAt(p.text, start, fmt.Sprintf("a list has at most %d values", MaxListValues))
		}
	}
	return List{values}, nil
}
