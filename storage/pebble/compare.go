package pebble

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
)

// test tells whether a comparison of one field holds for a value of it, in JSON.
type test func(raw string) bool

// newTest makes the test of a leaf that reads one field. The two kinds that people ask most have a short way, since columns
// may hold thousands of values; all others are evaluated as they are on documents.
func newTest(l *expr.Leaf, path expr.Path) test {
	if r, ok := l.Range(); ok && isNumber(r.Min) && isNumber(r.Max) {
		return func(raw string) bool { return inRange(&r, raw) }
	}
	if _, value, ok := l.Equals(); ok {
		if want, ok := value.(string); ok {
			return func(raw string) bool { return raw[0] == '"' && textOf(raw) == want }
		}
	}
	value := constant{ok: true}
	return func(raw string) bool {
		var holds bool
		switch {
		case raw[0] == '[' || raw[0] == '{':
			holds, _ = l.Eval(documentWith(path, raw)) // what can't be compared does not match
			return holds
		case raw[0] == '"':
			value.value = textOf(raw)
		default:
			value.value = gjson.Parse(raw).Value()
		}
		holds, _ = l.Eval(&value)
		return holds
	}
}

// isNumber tells whether an end of a range is a number, or open.
func isNumber(end any) bool {
	_, number := end.(float64)
	return number || end == nil
}

// inRange tells whether a value is a number in a range of numbers.
func inRange(r *expr.Range, raw string) bool {
	if raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') {
		return false
	}
	n, _ := strconv.ParseFloat(raw, 64) // a number beyond all bounds is infinite
	if least, ok := r.Min.(float64); ok && (n < least || r.MinOpen && n == least) {
		return false
	}
	most, ok := r.Max.(float64)
	return !ok || n < most || n == most && !r.MaxOpen
}

// textOf is the text that stands in quotes.
func textOf(raw string) string {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	return gjson.Parse(raw).Str
}

// documentWith is the smallest document with a value at a path. Lists and objects are compared in one, since only there the
// comparison sees them as it does in the stored documents.
func documentWith(path expr.Path, raw string) expr.Document {
	var doc []byte
	for _, step := range path.Steps() {
		doc = append(tracardi.AppendText(append(doc, '{'), step), ':')
	}
	doc = append(doc, raw...)
	for range path.Steps() {
		doc = append(doc, '}')
	}
	return doc
}
