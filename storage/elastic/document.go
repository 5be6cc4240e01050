package elastic

import (
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	fewMembers = 32  // of an object, which one token names together
	longName   = 64  // bytes of a member's name that is too long for that
)

// indexed is what a document is found by.
type indexed struct {
	schema  *storage.Schema
	tokens  []byte     // the elements of a JSON list, in the document's order
	count   int        // of them
	counted [][]string // by declared field
	odd     bool       // tokens do not tell the truth about it: who asks must look at the document
	timeAt  mark
	idAt    mark
}

// tokenRoom is memory for tokens, used again and again: there is far more text in them than in a document.
var tokenRoom = sync.Pool{New: func() any { return new([]byte) }}

const keptRoom = 1 << 20 // bytes of memory that is used again

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

// index takes a document apart and collects its tokens in room.
func index(schema *storage.Schema, body []byte, text string, room []byte) *indexed {
	x := &indexed{schema: schema, timeAt: markOf(schema.Time), idAt: rootMark.child("id"), tokens: room[:0]}
	x.members(rootMark, gjson.Parse(text), 0)
	for _, k := range schema.Keys {
		raw, _ := k.Path.FindRaw(body)
		x.declare(raw)
	}
	for _, g := range schema.Groups {
		raw, _ := g.FindRaw(body)
		x.declare(raw)
	}
	return x
}

// full tells that the document has too much to be found by.
func (x *indexed) full() bool { return x.count > maxTokens }

// begin begins a token: what is known at the path of a mark.
func (x *indexed) begin(m mark) {
	if x.count > 0 {
		x.tokens = append(x.tokens, ',')
	}
	x.count++
	x.tokens = append(append(x.tokens, '"'), m...)
}

// add collects a token without a text.
func (x *indexed) add(m mark, fact ...string) {
	x.begin(m)
	for _, part := range fact {
		x.tokens = append(x.tokens, part...)
	}
	x.tokens = append(x.tokens, '"')
}

// addValue collects a token that says what a value is, behind something of it.
func (x *indexed) addValue(m mark, before, kind, rest string) {
	if kind != isText {
		x.add(m, before, kind, rest)
		return
	}
	x.begin(m)
	x.tokens = append(append(x.tokens, before...), '\\')
	x.tokens = tracardi.AppendText(x.tokens, rest) // its first quotation mark is that of the kind, behind the backslash
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
			at := m.child(strconv.Itoa(i))
			x.add(at, isThere)
			x.value(at, item, depth+1)
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
	x.there(m, seen.sorted())
}

// there notes which members an object has: with one token, or with one for each where they are many or have unusual names.
func (x *indexed) there(m mark, names []string) {
	if len(names) > fewMembers || slices.ContainsFunc(names, unusual) {
		for _, name := range names {
			x.add(m.child(name), isThere)
		}
		return
	}
	x.begin(m)
	x.tokens = append(x.tokens, hasMembers...)
	for _, name := range names {
		x.tokens = append(append(x.tokens, memberEnd...), name...)
	}
	x.tokens = append(append(x.tokens, memberEnd...), '"')
}

// unusual tells whether a name cannot be one of several in a token.
func unusual(name string) bool {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c == memberEnd[0] {
			return true
		}
	}
	return len(name) > longName
}

// names are those of the members of one object. Most objects have few.
type names struct {
	first [fewMembers]string
	count int // in first
	many  map[string]bool
}

// sorted are the names in order.
func (n *names) sorted() []string {
	if n.many != nil {
		return slices.Sorted(maps.Keys(n.many))
	}
	slices.Sort(n.first[:n.count])
	return n.first[:n.count]
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
	if m == x.timeAt || m == x.idAt {
		return // they have fields of their own
	}
	switch {
	case v.IsArray():
		x.add(m, isList)
		if isEmptyRaw(v.Raw) {
			x.add(m, isEmpty)
			return
		}
		v.ForEach(func(_, item gjson.Result) bool {
			x.item(m, item)
			return !x.full()
		})
		x.members(m, v, depth)
	case v.IsObject():
		if isEmptyRaw(v.Raw) {
			x.add(m, isEmpty)
			return
		}
		x.members(m, v, depth)
	default:
		x.scalar(m, v)
	}
}

// isEmptyRaw tells whether nothing is in the text of a list or an object.
func isEmptyRaw(raw string) bool {
	inside := strings.TrimLeft(raw[1:], " \t\r\n")
	return inside == "" || inside[0] == ']' || inside[0] == '}'
}

func (x *indexed) scalar(m mark, v gjson.Result) {
	kind, rest := x.fact(v)
	x.addValue(m, "", kind, rest)
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
		x.addValue(m, hasItem, kind, rest)
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

// declare notes the values under which a declared field is counted: its own or, of a list, those of its elements.
func (x *indexed) declare(raw []byte) {
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
	body, room := string(doc.Body), tokenRoom.Get().(*[]byte)
	x := index(schema, doc.Body, body, *room)
	defer func() {
		if *room = x.tokens; cap(x.tokens) <= keptRoom {
			tokenRoom.Put(room)
		}
	}()
	dst := make([]byte, 0, 5*len(body)/4+len(x.tokens)+300)
	text := func(name, value string) {
		dst = append(dst, `"`+name+`":`...)
		dst = append(tracardi.AppendText(dst, value), ',')
	}
	text("tenant", tenant)
	text("id", doc.ID)
	dst = append(dst, `"at":`...)
	dst = append(strconv.AppendInt(dst, doc.Time.UnixMicro(), 10), ',')
	if x.odd || x.full() {
		dst = append(dst, `"odd":true,`...)
	}
	if x.count > 0 && !x.full() {
		dst = append(dst, `"tok":[`...)
		dst = append(append(dst, x.tokens...), `],`...)
	}
	for i, values := range x.counted {
		if len(values) == 0 {
			continue
		}
		dst = append(dst, `"c`+strconv.Itoa(i)+`":[`...)
		for n, v := range values {
			if n > 0 {
				dst = append(dst, ',')
			}
			dst = tracardi.AppendText(dst, v)
		}
		dst = append(dst, `],`...)
	}
	text("body", body)
	dst[len(dst)-1] = '}'
	return dst
}
