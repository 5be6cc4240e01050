package personal

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

var lenient = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// Mask returns JSON with dots in the place of personal data; the rest is as it was, blanks aside. What is no JSON becomes null.
func Mask(text []byte) []byte { return masked(text, &mask{}) }

// Document is Mask for one stored document. Beside what Mask hides, a value that the document repeats in a free-form part, as
// the number of a card that came as properties.id, is hidden there too.
func Document(text []byte) []byte {
	first := &mask{hidden: map[string]bool{}, collect: true}
	masked(text, first)
	return masked(text, &mask{hidden: first.hidden})
}

func masked(text []byte, m *mask) []byte {
	var out bytes.Buffer
	m.from, m.to = jsontext.NewDecoder(bytes.NewReader(text), lenient...), jsontext.NewEncoder(&out, lenient...)
	if m.value(nil, false) != nil {
		return []byte("null")
	}
	if _, err := m.from.ReadToken(); !errors.Is(err, io.EOF) { // something stands behind it
		return []byte("null")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// mask copies JSON, and hides what is personal on the way.
type mask struct {
	from    *jsontext.Decoder
	to      *jsontext.Encoder
	hidden  map[string]bool // values that were hidden because of their path
	collect bool            // they are still being gathered
}

// shortest is the length from which a value is told from others by itself: below it, a hidden "en" would hide every "en".
const shortest = 4

// free are the parts of documents in which values may be repeated. Elsewhere stand ids and states, which lead on.
var free = []string{"properties", "traits", "context", "data", "hit", "aux", "misc", "trash", "config"}

// value copies the next value, which is at a path. Below a personal path all is hidden.
func (m *mask) value(path []string, hide bool) error {
	switch m.from.PeekKind() {
	case '{':
		return m.object(path, hide)
	case '[':
		return m.list(path, hide, hide)
	case '"':
		token, err := m.from.ReadToken()
		if err != nil {
			return err
		}
		return m.to.WriteToken(jsontext.String(m.text(token.String(), path, hide)))
	}
	raw, err := m.from.ReadValue()
	if err != nil {
		return err
	}
	if raw.Kind() == '0' && m.text(string(raw), path, hide) == Dots {
		return m.to.WriteToken(jsontext.String(Dots))
	}
	return m.to.WriteValue(raw)
}

// text is what becomes of a text or a number.
func (m *mask) text(text string, path []string, hide bool) string {
	switch {
	case hide && m.collect && len(text) >= shortest:
		m.hidden[text] = true
		return Dots
	case hide, m.hidden[text] && len(path) > 0 && slices.Contains(free, path[0]):
		return Dots
	}
	return Text(text)
}

// fields is where a profile notes the origin of each field: its path, and then a list of time, event and former value.
var fields = []string{"metadata", "fields"}

func (m *mask) object(path []string, hide bool) error {
	if err := m.copyToken(); err != nil {
		return err
	}
	origins := len(path) >= 2 && slices.Equal(path[len(path)-2:], fields)
	for m.from.PeekKind() == '"' {
		token, err := m.from.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		if err := m.to.WriteToken(jsontext.String(Text(name))); err != nil {
			return err
		}
		if origins && m.from.PeekKind() == '[' {
			origin := strings.Split(name, ".")
			err = m.list(origin, hide, hide || Path(origin...))
		} else {
			inner := append(slices.Clip(path), name)
			err = m.value(inner, hide || Path(inner...))
		}
		if err != nil {
			return err
		}
	}
	return m.copyToken()
}

// list copies a list, of which the third value on may be hidden while the first two are not.
func (m *mask) list(path []string, hide, hideRest bool) error {
	if err := m.copyToken(); err != nil {
		return err
	}
	for i := 0; m.from.PeekKind() != ']'; i++ {
		if err := m.value(path, hide || hideRest && i >= 2); err != nil {
			return err
		}
	}
	return m.copyToken()
}

func (m *mask) copyToken() error {
	token, err := m.from.ReadToken()
	if err != nil {
		return err
	}
	return m.to.WriteToken(token)
}
