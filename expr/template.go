package expr

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// MaxTemplateBytes is the length that a text template may have.
const MaxTemplateBytes = 1 << 20

// Template is a text with places to fill in: "Dear {{ profile@pii.firstname }}". Braces around anything that does not
// begin with a known source are ordinary text.
type Template struct{ parts []part }

// part is a text and the field behind it; the last part of a template has none.
type part struct {
	text    string
	field   Field
	isField bool
	line    int
}

// ParseTemplate reads a template. The error is a *[SyntaxError].
func ParseTemplate(text string) (*Template, error) {
	if len(text) > MaxTemplateBytes {
		return nil, syntaxErrorAt(text, MaxTemplateBytes, fmt.Sprintf("a template has at most %d bytes, this one has %d", MaxTemplateBytes, len(text)))
	}
	if !utf8.ValidString(text) {
		return nil, syntaxErrorAt(text, invalidOffset(text), "the text is not valid UTF-8")
	}
	t := &Template{}
	start, line := 0, 1
	for pos := 0; pos < len(text); {
		open := strings.Index(text[pos:], "{{")
		if open < 0 {
			break
		}
		open += pos
		f, end, err := scanPlace(text, open+len("{{"))
		if err != nil {
			return nil, err
		}
		if end == 0 {
			pos = open + 1
			continue
		}
		line += strings.Count(text[start:open], "\n")
		t.parts = append(t.parts, part{text: text[start:open], field: f, isField: true, line: line})
		line += strings.Count(text[open:end], "\n")
		start, pos = end, end
	}
	t.parts = append(t.parts, part{text: text[start:]})
	return t, nil
}

// scanPlace reads the inside of braces and the closing ones. end is 0 when there is no known source.
func scanPlace(text string, pos int) (f Field, end int, err error) {
	skip := func() { pos += len(text[pos:]) - len(strings.TrimLeft(text[pos:], " \t\r\n")) }
	skip()
	i := slices.IndexFunc(sourceNames, func(name string) bool { return strings.HasPrefix(text[pos:], name+"@") })
	if i < 0 {
		return Field{}, 0, nil
	}
	f.Source = sourceNames[i]
	pos += len(f.Source) + len("@")
	if strings.HasPrefix(text[pos:], "...") {
		pos += len("...")
	} else if f.Path, pos, err = scanPath(text, pos, isPathRune); err != nil {
		return Field{}, 0, err
	}
	if skip(); !strings.HasPrefix(text[pos:], "}}") {
		return Field{}, 0, syntaxErrorAt(text, pos, "", `"}}"`)
	}
	return f, pos + len("}}"), nil
}

// Fields are the fields that are filled in, in the order they are written.
func (t *Template) Fields() []Field {
	var fields []Field
	for _, p := range t.parts {
		if p.isField {
			fields = append(fields, p.field)
		}
	}
	return fields
}

// Render fills the template in: texts as they are, everything else as JSON. The error wraps a *[MissingError] when a
// field is not there.
func (t *Template) Render(d Data) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.text)
		if !p.isField {
			continue
		}
		value, ok := d.Get(p.field.Source, p.field.Path)
		if !ok {
			return "", fmt.Errorf("template, line %d: %w", p.line, &MissingError{Field: p.field})
		}
		if err := writeValue(&b, value); err != nil {
			return "", fmt.Errorf("template, line %d: %v: %w", p.line, p.field, err)
		}
	}
	return b.String(), nil
}

// writeValue writes a text as it is and everything else as JSON.
func writeValue(b *strings.Builder, value any) error {
	if s, ok := value.(string); ok {
		b.WriteString(s)
		return nil
	}
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	b.Write(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	return nil
}
