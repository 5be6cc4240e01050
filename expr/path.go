package expr

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"

	"github.com/tidwall/gjson"
)

const (
	maxPathSteps = 64
	maxPathBytes = 2048
	maxIndexLen  = 9 // digits of a list index: more would overflow
)

// Path is the way to a value inside a JSON document: names of members and positions in lists. Build one with [ParsePath]
// or [MustPath]. The zero Path stands for the whole document.
type Path struct {
	text  string
	steps []string
	query string // the same path for gjson; empty when a step needs more care than gjson gives
}

// ParsePath reads a path such as traits.name, items.0.price or traits["any text"].x; "..." is the whole document. A
// step may hold blanks inside; one with dots, brackets or quotes needs the bracket form. The error is a *[SyntaxError].
func ParsePath(text string) (Path, error) {
	if text == "..." {
		return Path{}, nil
	}
	if len(text) > maxPathBytes {
		return Path{}, syntaxErrorAt(text, maxPathBytes, fmt.Sprintf("a path has at most %d bytes", maxPathBytes))
	}
	if !utf8.ValidString(text) {
		return Path{}, syntaxErrorAt(text, invalidOffset(text), "the path is not valid UTF-8")
	}
	p, end, err := scanPath(text, 0, isLoosePathRune)
	if err != nil {
		return Path{}, err
	}
	if end < len(text) {
		return Path{}, syntaxErrorAt(text, end, "", `"."`, `"["`, "end of path")
	}
	return p, nil
}

// MustPath is ParsePath for paths written in the program; it panics on an error.
func MustPath(text string) Path {
	p, err := ParsePath(text)
	if err != nil {
		panic(fmt.Sprintf("path %q: %v", text, err))
	}
	return p
}

// String is the canonical text; ParsePath reads it back.
func (p Path) String() string {
	if len(p.steps) == 0 {
		return "..."
	}
	return p.text
}

// Steps are the names and positions one by one. The caller must not change them.
func (p Path) Steps() []string { return p.steps }

// Join is the path to something below it, by the names on the way. They may be any texts.
func (p Path) Join(names ...string) Path {
	return newPath(append(slices.Clip(p.steps), names...))
}

// Find reads the value at the path from a JSON document without decoding the rest. ok is false when the path is absent;
// a JSON null is (nil, true). Values are nil, bool, float64, string, []any or map[string]any, and do not refer to doc.
func (p Path) Find(doc []byte) (value any, ok bool) {
	r := p.find(view(doc))
	switch {
	case !r.Exists():
		return nil, false
	case r.Type == gjson.JSON:
		err := json.Unmarshal([]byte(r.Raw), &value)
		return value, err == nil
	case r.Type == gjson.String:
		return strings.Clone(r.Str), true
	default:
		return r.Value(), true
	}
}

// FindRaw is the JSON text of the value at the path, a part of doc itself. ok is false when the path is absent.
func (p Path) FindRaw(doc []byte) (raw []byte, ok bool) {
	r := p.find(view(doc))
	if !r.Exists() {
		return nil, false
	}
	return unsafe.Slice(unsafe.StringData(r.Raw), len(r.Raw)), true
}

// find looks the path up; the strings of the result refer to doc.
func (p Path) find(doc string) gjson.Result {
	if !isContainer(doc) {
		if len(p.steps) == 0 && strings.TrimSpace(doc) != "" {
			return gjson.Parse(doc)
		}
		return gjson.Result{}
	}
	if p.query != "" {
		return gjson.Get(doc, p.query)
	}
	r := gjson.Parse(doc)
	for _, step := range p.steps {
		r = child(r, step)
	}
	return r
}

// child is the member or element of a container; what gjson's own paths do, for names that they cannot express.
func child(parent gjson.Result, step string) (found gjson.Result) {
	switch {
	case parent.IsObject():
		parent.ForEach(func(key, value gjson.Result) bool {
			if key.Str == step {
				found = value
				return false
			}
			return true
		})
	case parent.IsArray():
		index, ok := listIndex(step)
		if !ok {
			return found
		}
		parent.ForEach(func(_, value gjson.Result) bool {
			if index == 0 {
				found = value
				return false
			}
			index--
			return true
		})
	}
	return found
}

// listIndex reads a position in a list: digits without leading zeros.
func listIndex(step string) (int, bool) {
	if step == "" || len(step) > maxIndexLen || (step[0] == '0' && len(step) > 1) {
		return 0, false
	}
	n := 0
	for i := range len(step) {
		if step[i] < '0' || step[i] > '9' {
			return 0, false
		}
		n = n*10 + int(step[i]-'0')
	}
	return n, true
}

// walk is find for decoded data.
func (p Path) walk(doc any) (value any, ok bool) {
	for _, step := range p.steps {
		switch node := doc.(type) {
		case map[string]any:
			if doc, ok = node[step]; !ok {
				return nil, false
			}
		case []any:
			index, ok := listIndex(step)
			if !ok || index >= len(node) {
				return nil, false
			}
			doc = node[index]
		default:
			return nil, false
		}
	}
	return doc, true
}

// isContainer tells whether the document is an object or a list. gjson would search a bare text for braces.
func isContainer(doc string) bool {
	for i := range len(doc) {
		switch doc[i] {
		case ' ', '\t', '\r', '\n':
		case '{', '[':
			return true
		default:
			return false
		}
	}
	return false
}

// view sees the bytes as a string without a copy: documents are read millions of times in a scan and never written.
func view(doc []byte) string { return unsafe.String(unsafe.SliceData(doc), len(doc)) }

// newPath computes the canonical text and the query of the steps.
func newPath(steps []string) Path {
	var text, query strings.Builder
	simple := true
	for i, step := range steps {
		if isPlainStep(step) {
			if i > 0 {
				text.WriteByte('.')
			}
			text.WriteString(step)
		} else {
			text.WriteByte('[')
			writeQuoted(&text, step, "")
			text.WriteByte(']')
		}
		if i > 0 {
			query.WriteByte('.')
		}
		query.WriteString(step)
		_, index := listIndex(step)
		simple = simple && gjson.Escape(step) == step && (index || !isDigits(step))
	}
	p := Path{text: text.String(), steps: steps}
	if simple {
		p.query = query.String()
	}
	return p
}

// isPlainStep tells whether the step can stand in a condition without brackets.
func isPlainStep(step string) bool {
	for _, r := range step {
		if !isPathRune(r) {
			return false
		}
	}
	return step != "" && step[0] != '-'
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// isPathRune are the characters of a plain step in a condition.
func isPathRune(r rune) bool {
	return r == '_' || r == '-' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// isLoosePathRune are the characters of a plain step where nothing but a path is expected.
func isLoosePathRune(r rune) bool {
	return r != '.' && r != '[' && r != ']' && r != '"' && !unicode.IsControl(r)
}

// scanPath reads a path that begins at pos and ends before the first character that cannot continue it.
func scanPath(text string, pos int, plain func(rune) bool) (p Path, end int, err error) {
	var steps []string
	for {
		var step string
		switch {
		case pos < len(text) && text[pos] == '[':
			step, end, err = scanBracket(text, pos)
		default:
			step, end, err = scanStep(text, pos, plain)
		}
		if err != nil {
			return Path{}, end, err
		}
		if steps = append(steps, step); len(steps) > maxPathSteps {
			return Path{}, pos, syntaxErrorAt(text, pos, fmt.Sprintf("a path has at most %d steps", maxPathSteps))
		}
		switch {
		case end < len(text) && text[end] == '.':
			pos = end + 1
		case end < len(text) && text[end] == '[':
			pos = end
		default:
			return newPath(steps), end, nil
		}
	}
}

func scanStep(text string, pos int, plain func(rune) bool) (step string, end int, err error) {
	end = pos
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !plain(r) || (end == pos && r == '-') {
			break
		}
		end += size
	}
	step = text[pos:end]
	if step == "" {
		return "", end, syntaxErrorAt(text, pos, "", "a name", `["any text"]`)
	}
	if strings.TrimSpace(step) != step {
		return "", end, syntaxErrorAt(text, pos, fmt.Sprintf("the name %q begins or ends with a blank", step), `["any text"]`)
	}
	return step, end, nil
}

// scanBracket reads ["any text"] or [3].
func scanBracket(text string, pos int) (step string, end int, err error) {
	open := pos
	pos++
	if pos < len(text) && text[pos] == '"' {
		quoted, next, err := scanQuoted(text, pos)
		if err != nil {
			return "", next, err
		}
		if quoted.text == "" {
			return "", pos, syntaxErrorAt(text, pos, "a name must not be empty")
		}
		step, pos = quoted.text, next
	} else {
		start := pos
		for pos < len(text) && text[pos] >= '0' && text[pos] <= '9' {
			pos++
		}
		if step = text[start:pos]; step == "" {
			return "", pos, syntaxErrorAt(text, pos, "", `a quoted name`, "a number")
		}
	}
	if pos >= len(text) || text[pos] != ']' {
		return "", pos, syntaxErrorAt(text, pos, fmt.Sprintf(`the "[" at byte %d is not closed`, open), `"]"`)
	}
	return step, pos + 1, nil
}
