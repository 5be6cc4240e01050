package elastic

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

const (
	maxTokens  = 20_000 // of a document; the rest of a larger one is not indexed
	maxDepth   = 40
	maxCounted = 512 // bytes of a value that is counted by the engine
)

// indexed is what a document is found by.
type indexed struct {
	schema  *storage.Schema
	tokens  []string        // sorted, each once
	text    strings.Builder // all of them, one behind the other, while they are collected
	ends    []int           // of each in it
	counted [][]string      // by declared field
	odd     bool            // tokens do not tell the truth about it: who asks must look at the document
	timeAt  mark
	idAt    mark
}

// declared are the fields whose values the engine counts by itself: keys, then groups.
func declared(schema *storage.Schema) []string {
	var paths []string
	for _, k := range schema.Keys {
		paths = append(paths, k.Path.String())
	}
	for _, g := range schema.Groups {
		paths = append(paths, g.String())
	}
	return paths
}

// index takes a document apart.
func index(schema *storage.Schema, body []byte) *indexed {
	x := &indexed{schema: schema, timeAt: markOf(schema.Time), idAt: rootMark.child("id"), ends: make([]int, 0, 128)}
	x.text.Grow(2 * len(body))
	root := gjson.ParseBytes(body)
	x.members(rootMark, root, 0)
	for _, k := range schema.Keys {
		raw, _ := k.Path.FindRaw(body)
		x.count(raw)
	}
	for _, g := range schema.Groups {
		raw, _ := g.FindRaw(body)
		x.count(raw)
	}
	x.odd = x.odd || x.full()
	if !x.full() {
		x.split()
	}
	return x
}

// split makes the tokens of what was collected.
func (x *indexed) split() {
	all, from := x.text.String(), 0
	x.tokens = make([]string, len(x.ends))
	for i, end := range x.ends {
		x.tokens[i], from = all[from:end], end
	}
	slices.Sort(x.tokens)
	x.tokens = slices.Compact(x.tokens)
}

// full tells that the document has too much to be found by.
func (x *indexed) full() bool { return len(x.ends) > maxTokens }

// add collects a token: what is known at the path of a mark, in parts.
func (x *indexed) add(m mark, fact ...string) {
	x.text.WriteString(string(m))
	for _, part := range fact {
		x.text.WriteString(part)
	}
	x.ends = append(x.ends, x.text.Len())
}

// members takes the members of an object, or the elements of a list, apart.
func (x *indexed) members(m mark, parent gjson.Result, depth int) {
	if depth > maxDepth || x.full() {
		x.odd = true
		return
	}
	if parent.IsArray() {
		i := 0
		parent.ForEach(func(_, item gjson.Result) bool {
			x.value(m.child(strconv.Itoa(i)), item, depth+1)
			i++
			return !x.full()
		})
		return
	}
	var seen names
	parent.ForEach(func(key, value gjson.Result) bool {
		if !utf8.ValidString(key.Str) || seen.had(key.Str) {
			x.odd = true // a name that is there twice means different things to different readers
			return true
		}
		x.value(m.child(key.Str), value, depth+1)
		return true
	})
}

// names are those of the members of one object. Most objects have few.
type names struct {
	first [16]string
	count int // in first
	many  map[string]bool
}

// had adds a name and tells whether it was there.
func (n *names) had(name string) bool {
	few := n.first[:n.count]
	if n.many == nil && len(few) < len(n.first) {
		if slices.Contains(few, name) {
			return true
		}
		n.first[n.count] = name
		n.count++
		return false
	}
	if n.many == nil {
		n.many = map[string]bool{}
		for _, each := range few {
			n.many[each] = true
		}
	}
	found := n.many[name]
	n.many[name] = true
	return found
}

func (x *indexed) value(m mark, v gjson.Result, depth int) {
	x.add(m, isThere)
	if m == x.timeAt || m == x.idAt {
		return // they have fields of their own
	}
	switch {
	case v.IsArray():
		x.add(m, isList)
		empty := true
		v.ForEach(func(_, item gjson.Result) bool {
			empty = false
			x.item(m, item)
			return !x.full()
		})
		if empty {
			x.add(m, isEmpty)
		}
		x.members(m, v, depth)
	case v.IsObject():
		empty := true
		v.ForEach(func(_, _ gjson.Result) bool { empty = false; return false })
		if empty {
			x.add(m, isEmpty)
		}
		x.members(m, v, depth)
	default:
		x.scalar(m, v)
	}
}

func (x *indexed) scalar(m mark, v gjson.Result) {
	kind, rest := x.fact(v)
	x.add(m, kind, rest)
	if v.Type != gjson.String {
		return
	}
	if tricky(v.Str) {
		x.add(m, isTricky)
	}
	if t, ok := expr.ISODate(v.Str); ok {
		x.add(m, dateFact(t))
	}
}

func (x *indexed) item(m mark, v gjson.Result) {
	if !v.IsArray() && !v.IsObject() {
		kind, rest := x.fact(v)
		x.add(m, hasItem, kind, rest)
	}
}

// fact is what a token says of a value, in two parts.
func (x *indexed) fact(v gjson.Result) (kind, rest string) {
	switch v.Type {
	case gjson.True, gjson.False:
		return booleanFact(v.Type == gjson.True), ""
	case gjson.Number:
		return numberFact(v.Num), ""
	case gjson.String:
		if !utf8.ValidString(v.Str) {
			x.odd = true
			return isText, ""
		}
		return isText, shortened(v.Str)
	}
	return isNull, ""
}

// count notes the values under which a declared field is counted: its own or, of a list, those of its elements.
func (x *indexed) count(raw []byte) {
	var values []string
	var add func(v gjson.Result)
	add = func(v gjson.Result) {
		switch {
		case v.IsArray():
			v.ForEach(func(_, item gjson.Result) bool { add(item); return true })
		case v.IsObject() || v.Type == gjson.Null || v.Type == gjson.Number && math.IsInf(v.Num, 0):
		case v.Type == gjson.String && len(v.Str) > maxCounted:
			x.odd = true
		case v.Type == gjson.String:
			values = append(values, isText+v.Str)
		default:
			kind, rest := x.fact(v)
			values = append(values, kind+rest)
		}
	}
	add(gjson.ParseBytes(raw))
	x.counted = append(x.counted, values)
}

// countedValue is the value that is counted as text.
func countedValue(text string) any {
	switch {
	case text == "":
		return nil
	case text[:1] == isText:
		return text[1:]
	case text[:1] == isNumber:
		n, _ := numberOf(text)
		return n
	}
	return text == booleanFact(true)
}

const maxID = 480 // bytes; engines take 512

// docID names a document among all tenants.
func docID(tenant, id string) string {
	name := url.PathEscape(tenant) + "/" + id
	if len(name) > maxID {
		return "#" + string(rootMark.child(name)) + string(rootMark.child(name+"#"))
	}
	return name
}

// source is the stored form of a document, without what is known only when it is written: it begins behind the brace.
func source(tenant string, schema *storage.Schema, doc *storage.Doc) []byte {
	x := index(schema, doc.Body)
	dst := make([]byte, 0, 2*len(doc.Body)+64*len(x.tokens)+200)
	text := func(name, value string) {
		dst = append(dst, `"`+name+`":`...)
		dst = append(tracardi.AppendText(dst, value), ',')
	}
	text("tenant", tenant)
	text("id", doc.ID)
	dst = append(dst, `"at":`...)
	dst = append(strconv.AppendInt(dst, doc.Time.UnixMicro(), 10), ',')
	if x.odd {
		dst = append(dst, `"odd":true,`...)
	}
	list := func(name string, values []string) {
		if len(values) == 0 {
			return
		}
		dst = append(dst, `"`+name+`":[`...)
		for i, v := range values {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = tracardi.AppendText(dst, v)
		}
		dst = append(dst, ']', ',')
	}
	list("tok", x.tokens)
	for i, values := range x.counted {
		list("c"+strconv.Itoa(i), values)
	}
	text("body", string(doc.Body))
	dst[len(dst)-1] = '}'
	return dst
}
