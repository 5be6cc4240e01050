package tracardi

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/tidwall/gjson"
)

// Object is a free-form JSON object. It stays the text it arrived as until something changes it, so that what is only passed
// on is never decoded; members of the top level can be changed without decoding the rest. The zero value is the empty object.
// A copy shares its content: use Clone before changing one of two.
//
// Values are nil, bool, float64, string, []any and map[string]any; numbers that float64 can't hold are json.Number.
type Object struct {
	raw  string
	tree map[string]any
}

// RawObject wraps the text of a JSON object, which must be valid.
func RawObject(text string) Object {
	if len(text) <= 2 || text == "null" {
		return Object{}
	}
	return Object{raw: text}
}

// NewObject wraps a map, which it owns from now on.
func NewObject(tree map[string]any) Object { return Object{tree: tree} }

// Empty tells whether the object has no members.
func (o *Object) Empty() bool { return len(o.tree) == 0 && o.raw == "" }

// Map decodes the object and returns its tree, which belongs to the object: changes to it are changes of the object.
func (o *Object) Map() map[string]any {
	if o.tree == nil {
		o.tree = map[string]any{}
		if o.raw != "" {
			gjson.Parse(o.raw).ForEach(func(key, value gjson.Result) bool {
				o.tree[key.Str] = decode(value)
				return true
			})
			o.raw = ""
		}
	}
	return o.tree
}

// Clone returns a deep copy.
func (o *Object) Clone() Object {
	if o.tree == nil {
		return *o // text is never changed
	}
	return Object{tree: Clone(o.tree).(map[string]any)}
}

// Get returns the value at a path of member names and list indexes. A member that is null is (nil, true).
func (o *Object) Get(path ...string) (any, bool) {
	if o.tree != nil {
		return Dig(o.tree, path...)
	}
	found, ok := o.find(path)
	if !ok {
		return nil, false
	}
	return decode(found), true
}

// find looks a path up in the text.
func (o *Object) find(path []string) (found gjson.Result, ok bool) {
	if o.raw == "" || len(path) > 0 && !mayHave(o.raw, path[0]) {
		return found, false
	}
	found = gjson.Parse(o.raw)
	for _, step := range path {
		if found = member(found, step); !found.Exists() {
			return found, false
		}
	}
	return found, true
}

// mayHave rules out most members that a text does not have, at a small part of what it costs to go through the text. A name is
// in it letter by letter, unless it is written with escapes.
func mayHave(text, name string) bool {
	return strings.Contains(text, name) || strings.IndexByte(text, '\\') >= 0
}

// Text returns the string at a path, and "" when there is none or it is something else.
func (o *Object) Text(path ...string) string {
	value, _ := o.Get(path...)
	text, _ := value.(string)
	return text
}

// Object returns the object at a path, empty when there is none.
func (o *Object) Object(path ...string) Object {
	if o.tree != nil {
		value, _ := Dig(o.tree, path...)
		tree, _ := value.(map[string]any)
		return Object{tree: tree}
	}
	if found, _ := o.find(path); found.IsObject() {
		return RawObject(found.Raw)
	}
	return Object{}
}

// Set puts a value at a path, making the objects on the way and replacing what is not an object.
func (o *Object) Set(value any, path ...string) {
	if len(path) == 1 && o.tree == nil && o.raw != "" {
		o.Delete(path[0])
		o.put(path[0], AppendValue(nil, value))
		return
	}
	at := o.Map()
	for _, step := range path[:len(path)-1] {
		next, ok := at[step].(map[string]any)
		if !ok {
			next = map[string]any{}
			at[step] = next
		}
		at = next
	}
	at[path[len(path)-1]] = value
}

// Delete removes the member at a path and tells whether it was there.
func (o *Object) Delete(path ...string) bool {
	if len(path) == 1 && o.tree == nil {
		return o.cut(path[0])
	}
	parent, ok := Dig(o.Map(), path[:len(path)-1]...)
	at, isObject := parent.(map[string]any)
	if !ok || !isObject {
		return false
	}
	last := path[len(path)-1]
	_, found := at[last]
	delete(at, last)
	return found
}

// Merge puts the top-level members of another object over this one's.
func (o *Object) Merge(other Object) {
	if other.Empty() {
		return
	}
	if o.Empty() {
		*o = other.Clone()
		return
	}
	if o.tree == nil && other.tree == nil {
		o.mergeText(other.raw)
		return
	}
	copied := other.Clone()
	tree := o.Map()
	for key, value := range copied.Map() {
		tree[key] = value
	}
}

// mergeText puts the members of another text over this one's.
func (o *Object) mergeText(other string) {
	if o.raw == other {
		return
	}
	merged := RawObject(other)
	gjson.Parse(o.raw).ForEach(func(key, value gjson.Result) bool {
		if !member(gjson.Parse(other), key.Str).Exists() {
			merged.put(key.Str, []byte(value.Raw))
		}
		return true
	})
	*o = merged
}

// put adds a member that the text does not have.
func (o *Object) put(name string, value []byte) {
	text := make([]byte, 0, len(o.raw)+len(name)+len(value)+8)
	if o.raw == "" {
		text = append(text, '{')
	} else {
		text = append(text, strings.TrimRight(o.raw[:strings.LastIndexByte(o.raw, '}')], " \t\r\n")...)
		if text[len(text)-1] != '{' {
			text = append(text, ',')
		}
	}
	text = append(AppendText(text, name), ':')
	o.raw = string(append(append(text, value...), '}'))
}

// cut takes a member out of the text.
func (o *Object) cut(name string) (found bool) {
	if !mayHave(o.raw, name) {
		return false
	}
	var kept []byte
	gjson.Parse(o.raw).ForEach(func(key, value gjson.Result) bool {
		if key.Str == name {
			found = true
			return true
		}
		if kept == nil {
			kept = append(make([]byte, 0, len(o.raw)), '{')
		} else {
			kept = append(kept, ',')
		}
		kept = append(append(kept, key.Raw...), ':')
		kept = append(kept, value.Raw...)
		return true
	})
	if found {
		*o = RawObject(string(append(kept, '}')))
	}
	return found
}

// AppendJSON appends the object's text to dst; members of a changed object come in the order of their names.
func (o *Object) AppendJSON(dst []byte) []byte {
	switch {
	case o.tree != nil:
		return AppendValue(dst, o.tree)
	case o.raw != "":
		return append(dst, o.raw...)
	}
	return append(dst, '{', '}')
}

// MarshalJSON implements json.Marshaler.
func (o Object) MarshalJSON() ([]byte, error) { return o.AppendJSON(nil), nil }

// UnmarshalJSON implements json.Unmarshaler. Null is the empty object; anything but an object is an error.
func (o *Object) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*o = Object{}
		return nil
	}
	if len(text) == 0 || text[0] != '{' {
		return InvalidField("", "must be an object, not %s", gjson.ParseBytes(text).Type)
	}
	*o = RawObject(string(text))
	return nil
}

// Dig returns the value at a path inside a decoded value.
func Dig(value any, path ...string) (any, bool) {
	for _, step := range path {
		switch at := value.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				return nil, false
			}
			value = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			value = at[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// member finds one step in a JSON text without the path syntax of gjson, which gives meaning to characters of keys.
func member(in gjson.Result, step string) (found gjson.Result) {
	if in.IsArray() {
		i, err := strconv.Atoi(step)
		if items := in.Array(); err == nil && i >= 0 && i < len(items) {
			return items[i]
		}
		return found
	}
	if !in.IsObject() {
		return found
	}
	in.ForEach(func(key, value gjson.Result) bool {
		if key.Str == step {
			found = value
			return false
		}
		return true
	})
	return found
}

func decode(value gjson.Result) any {
	switch value.Type {
	case gjson.String:
		return value.Str
	case gjson.Number:
		if huge := math.Abs(value.Num); (math.IsInf(huge, 0) || huge >= 1<<53 && !strings.ContainsAny(value.Raw, ".eE")) && json.Valid([]byte(value.Raw)) {
			return json.Number(value.Raw)
		}
		return value.Num
	case gjson.True:
		return true
	case gjson.False:
		return false
	case gjson.JSON:
		if value.IsArray() {
			list := []any{}
			value.ForEach(func(_, item gjson.Result) bool {
				list = append(list, decode(item))
				return true
			})
			return list
		}
		tree := map[string]any{}
		value.ForEach(func(key, item gjson.Result) bool {
			tree[key.Str] = decode(item)
			return true
		})
		return tree
	}
	return nil
}

// Clone returns a deep copy of a decoded value.
func Clone(value any) any {
	switch at := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(at))
		for key, item := range at {
			copied[key] = Clone(item)
		}
		return copied
	case []any:
		copied := make([]any, len(at))
		for i, item := range at {
			copied[i] = Clone(item)
		}
		return copied
	}
	return value
}

// AppendValue appends the JSON text of a decoded value. Other types than Object's go through encoding/json.
func AppendValue(dst []byte, value any) []byte {
	switch at := value.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, at)
	case string:
		return AppendText(dst, at)
	case float64:
		return appendNumber(dst, at)
	case int:
		return strconv.AppendInt(dst, int64(at), 10)
	case json.Number:
		return append(dst, at...)
	case time.Time:
		return AppendTime(dst, at)
	case []string:
		dst = append(dst, '[')
		for i, item := range at {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendText(dst, item)
		}
		return append(dst, ']')
	case []any:
		dst = append(dst, '[')
		for i, item := range at {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendValue(dst, item)
		}
		return append(dst, ']')
	case map[string]any:
		return appendMap(dst, at)
	}
	text, err := json.Marshal(value)
	if err != nil { // channels and functions never reach a document
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

func appendMap(dst []byte, tree map[string]any) []byte {
	var space [16]string
	keys := space[:0]
	for key := range tree {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendText(dst, key), ':')
		dst = AppendValue(dst, tree[key])
	}
	return append(dst, '}')
}

// AppendText appends a JSON string. Bytes that are no UTF-8 become the replacement character.
func AppendText(dst []byte, text string) []byte {
	if isPlain(text) {
		return append(append(append(dst, '"'), text...), '"')
	}
	dst, _ = jsontext.AppendQuote(dst, text) // the error only tells of replaced bytes
	return dst
}

// isPlain tells whether a text is written as it is, as most are.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func appendNumber(dst []byte, n float64) []byte {
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return strconv.AppendInt(dst, int64(n), 10)
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return append(dst, "null"...)
	}
	size := math.Abs(n)
	if millionths := math.Round(size * 1e6); millionths < 1e15 && millionths/1e6 == size {
		return appendMillionths(dst, math.Signbit(n), uint64(millionths))
	}
	if size >= 1e-6 && size < 1<<53 {
		return strconv.AppendFloat(dst, n, 'f', -1, 64)
	}
	return strconv.AppendFloat(dst, n, 'e', -1, 64)
}

// appendMillionths appends a number of up to six decimals, as nearly all of ours are. With at most 15 digits no other decimal
// number means the same float64, so that this is the shortest text, at a small part of the cost of finding that.
func appendMillionths(dst []byte, negative bool, millionths uint64) []byte {
	if negative {
		dst = append(dst, '-')
	}
	dst = strconv.AppendUint(dst, millionths/1e6, 10)
	decimals := millionths % 1e6
	dst = append(dst, '.')
	for unit := uint64(1e5); decimals > 0; unit /= 10 {
		dst = append(dst, byte('0'+decimals/unit))
		decimals %= unit
	}
	return dst
}

// AppendTime appends a time as quoted UTC text with microseconds, always of one width, so that text order is time order.
func AppendTime(dst []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	if year < 0 || year > 9999 {
		return append(dst, "null"...)
	}
	hour, minute, second := t.Clock()
	micro := t.Nanosecond() / 1000
	digits2 := func(n int, end byte) { dst = append(dst, byte('0'+n/10), byte('0'+n%10), end) }
	dst = append(dst, '"', byte('0'+year/1000), byte('0'+year/100%10), byte('0'+year/10%10), byte('0'+year%10), '-')
	digits2(int(month), '-')
	digits2(day, 'T')
	digits2(hour, ':')
	digits2(minute, ':')
	digits2(second, '.')
	for unit := 100000; unit > 0; unit /= 10 {
		dst = append(dst, byte('0'+micro/unit%10))
	}
	return append(dst, 'Z', '"')
}

// ParseTime reads a time as trackers send it: RFC 3339, with a space for the T, without a zone (UTC), or a date alone.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, InvalidField("", "%q is no time; write it like 2026-01-31T15:04:05Z", text)
}

var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02",
}
