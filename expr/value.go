package expr

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// kind is what a value is.
type kind uint8

const (
	missing kind = iota
	null
	boolean
	number
	text
	date
	list
	object
	unknown // something that Data should not have returned
)

// String names the kind for messages.
func (k kind) String() string {
	return [...]string{"a missing value", "null", "true or false", "a number", "a text", "a date", "a list", "an object", "an unknown value"}[k]
}

// value is a value during evaluation, kept out of interfaces so that comparing allocates nothing. Its text may refer to
// the document and must not outlive the evaluation.
type value struct {
	kind kind
	flag bool
	num  float64
	text string // the text; of a list or an object its JSON when any is nil
	time time.Time
	any  any // []any of a list, map[string]any of an object; a prepared argument of a function
}

func textValue(s string) value    { return value{kind: text, text: s} }
func dateValue(t time.Time) value { return value{kind: date, time: t} }

// valueOf takes a value from Data.
func valueOf(v any) (taken value) {
	taken.set(v)
	return taken
}

// set fills an empty value from Data.
func (v *value) set(from any) {
	switch from := from.(type) {
	case nil:
		v.kind = null
	case bool:
		v.kind, v.flag = boolean, from
	case float64:
		v.kind, v.num = number, from
	case string:
		v.kind, v.text = text, from
	case time.Time:
		v.kind, v.time = date, from
	case []any:
		v.kind, v.any = list, from
	case map[string]any:
		v.kind, v.any = object, from
	case int:
		v.kind, v.num = number, float64(from)
	case int64:
		v.kind, v.num = number, float64(from)
	case []string:
		items := make([]any, len(from))
		for i, s := range from {
			items[i] = s
		}
		v.kind, v.any = list, items
	default:
		v.kind = unknown
	}
}

// read fills an empty value from a JSON document without decoding lists and objects.
func (v *value) read(r gjson.Result) {
	switch r.Type {
	case gjson.String:
		v.kind, v.text = text, r.Str
	case gjson.Number:
		v.kind, v.num = number, r.Num
	case gjson.True, gjson.False:
		v.kind, v.flag = boolean, r.Type == gjson.True
	case gjson.JSON:
		v.kind, v.text = object, r.Raw
		if r.IsArray() {
			v.kind = list
		}
	case gjson.Null:
		if r.Exists() {
			v.kind = null
		}
	}
}

// items are the elements of a list.
func (v *value) items() []any {
	items, _ := v.decoded().([]any)
	return items
}

// decoded is the list or object as Data returns it; nil when the document holds something that cannot be decoded.
func (v *value) decoded() any {
	if v.any != nil {
		return v.any
	}
	var decoded any
	if json.Unmarshal([]byte(v.text), &decoded) != nil {
		return nil
	}
	return decoded
}

// empty tells whether there is nothing in the value.
func (v *value) empty() bool {
	switch v.kind {
	case missing, null:
		return true
	case text:
		return v.text == ""
	case list, object:
		if v.any == nil {
			return len(v.text) < 2 || strings.TrimLeft(v.text[1:], " \t\r\n") == v.text[len(v.text)-1:]
		}
		if items, ok := v.any.([]any); ok {
			return len(items) == 0
		}
		members, _ := v.any.(map[string]any)
		return len(members) == 0
	}
	return false
}

// equal compares two values. Values of different kinds differ, but a date and a text that holds the same instant are
// equal. Missing values equal nothing.
func (v *value) equal(w *value) bool {
	if v.kind != w.kind {
		return sameInstant(v, w)
	}
	switch v.kind {
	case null:
		return true
	case boolean:
		return v.flag == w.flag
	case number:
		return v.num == w.num
	case text:
		return v.text == w.text
	case date:
		return v.time.Equal(w.time)
	case list, object:
		return equalAny(v.decoded(), w.decoded())
	}
	return false
}

// sameInstant compares a date with a text.
func sameInstant(v, w *value) bool {
	if v.kind == text && w.kind == date {
		v, w = w, v
	}
	if v.kind != date || w.kind != text {
		return false
	}
	t, ok := parseISO(w.text, time.UTC)
	return ok && t.Equal(v.time)
}

// equalAny compares decoded values in depth.
func equalAny(a, b any) bool {
	switch a := a.(type) {
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalAny(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key := range a {
			other, ok := b[key]
			if !ok || !equalAny(a[key], other) {
				return false
			}
		}
		return true
	}
	return equalTo(valueOf(a), b)
}

// order compares numbers, texts and dates; ok is false when the two have no order.
func (v *value) order(w *value) (sign int, ok bool) {
	switch {
	case v.kind == number && w.kind == number:
		return compare(v.num, w.num), true
	case v.kind == text && w.kind == text:
		return compare(v.text, w.text), true
	case v.kind == date || w.kind == date:
		a, okA := v.instant()
		b, okB := w.instant()
		return a.Compare(b), okA && okB
	}
	return 0, false
}

// instant is the date, or the ISO date in a text.
func (v *value) instant() (time.Time, bool) {
	switch v.kind {
	case date:
		return v.time, true
	case text:
		return parseISO(v.text, time.UTC)
	}
	return time.Time{}, false
}

// equalTo compares with a value of Data.
func equalTo(v value, other any) bool {
	w := valueOf(other)
	return v.equal(&w)
}

func compare[T float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
