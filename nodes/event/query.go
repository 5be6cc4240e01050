package event

import (
	"regexp"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// query is a search with places to fill in, such as type = "{{event@type}}". What is filled in is always one value: it cannot
// become a part of the search language, whoever wrote it.
type query struct {
	parts  []queryPart
	record string // source that a field may have, such as event
}

// queryPart is a piece of text and the place behind it; the last part has no place.
type queryPart struct {
	text   string
	place  expr.Reference
	quoted bool // the place stands inside a quoted text
	filled bool // there is a place
}

var placePattern = regexp.MustCompile(`\{\{\s*([^{}]+?)\s*\}\}`)

// parseQuery reads a query and checks its form.
func parseQuery(text, record string) (*query, error) {
	q := &query{record: record}
	start, quoted := 0, false
	for _, at := range placePattern.FindAllStringSubmatchIndex(text, -1) {
		place, err := expr.ParseReference(text[at[2]:at[3]])
		if err != nil {
			return nil, err
		}
		if _, ok := place.Field(); !ok {
			continue
		}
		before := text[start:at[0]]
		quoted = quoted != oddQuotes(before)
		q.parts = append(q.parts, queryPart{before, place, quoted, true})
		start = at[1]
	}
	q.parts = append(q.parts, queryPart{text: text[start:]})
	_, err := q.write(func(part queryPart) (any, error) { // any value will do to try the form
		if words := strings.Fields(part.text); len(words) > 0 && strings.EqualFold(words[len(words)-1], "IN") {
			return []any{"x"}, nil
		}
		return "x", nil
	})
	return q, err
}

// oddQuotes tells whether a quoted text begins in the text and does not end in it, or the other way around.
func oddQuotes(text string) bool {
	odd := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			odd = !odd
		}
	}
	return odd
}

// fill makes the condition; an empty query is nil.
func (q *query) fill(data expr.Data) (*expr.Condition, error) {
	return q.write(func(part queryPart) (any, error) { return part.place.Resolve(data) })
}

// write makes the condition with a value for each place.
func (q *query) write(value func(queryPart) (any, error)) (*expr.Condition, error) {
	var b strings.Builder
	for _, part := range q.parts {
		b.WriteString(part.text)
		if !part.filled {
			continue
		}
		value, err := value(part)
		if err != nil {
			return nil, err
		}
		written := string(tracardi.AppendValue(nil, value))
		if text, ok := value.(string); ok {
			written = string(tracardi.AppendText(nil, text))
			written = strings.ReplaceAll(written, "*", `\*`)
		} else if part.quoted {
			written = string(tracardi.AppendText(nil, written))
		}
		if part.quoted {
			written = written[1 : len(written)-1]
		}
		b.WriteString(written)
	}
	if strings.TrimSpace(b.String()) == "" {
		return nil, nil
	}
	return expr.ParseSearch(b.String(), q.record)
}
