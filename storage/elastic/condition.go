package elastic

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
)

// clause is a query of the engine, as it becomes JSON. nil matches everything.
type clause map[string]any

var nothing = clause{"match_none": clause{}}

func (c clause) none() bool { return len(c) == 1 && c["match_none"] != nil }

// answer is a condition in the words of the engine: documents that surely match, and those that possibly do. Where both are the
// same the engine answers alone; else what is between them is looked at in memory, by the code that defines what a condition
// means. Of odd documents neither says the truth.
type answer struct {
	sure, possible clause
	exact          bool
}

func exactly(c clause) answer { return answer{c, c, true} }

// unsure is the answer when sure ones are not known.
func unsure(possible clause) answer { return answer{sure: nothing, possible: possible} }

func all(clauses ...clause) clause {
	var must []any
	for _, c := range clauses {
		if c.none() {
			return nothing
		}
		if c != nil {
			must = append(must, c)
		}
	}
	switch len(must) {
	case 0:
		return nil
	case 1:
		return must[0].(clause)
	}
	return clause{"bool": clause{"filter": must}}
}

func anyOf(clauses ...clause) clause {
	var should []any
	for _, c := range clauses {
		if c == nil {
			return nil
		}
		if !c.none() {
			should = append(should, c)
		}
	}
	switch len(should) {
	case 0:
		return nothing
	case 1:
		return should[0].(clause)
	}
	return clause{"bool": clause{"should": should, "minimum_should_match": 1}}
}

func not(c clause) clause {
	switch {
	case c == nil:
		return nothing
	case c.none():
		return nil
	}
	return clause{"bool": clause{"must_not": []any{c}}}
}

func and(answers ...answer) answer {
	var sure, possible []clause
	exact := true
	for _, a := range answers {
		sure, possible, exact = append(sure, a.sure), append(possible, a.possible), exact && a.exact
	}
	if exact {
		return exactly(all(sure...))
	}
	return answer{sure: all(sure...), possible: all(possible...)}
}

func or(answers ...answer) answer {
	var sure, possible []clause
	exact := true
	for _, a := range answers {
		sure, possible, exact = append(sure, a.sure), append(possible, a.possible), exact && a.exact
	}
	if exact {
		return exactly(anyOf(sure...))
	}
	return answer{sure: anyOf(sure...), possible: anyOf(possible...)}
}

func (a answer) not() answer {
	if a.exact {
		return exactly(not(a.sure))
	}
	return answer{sure: not(a.possible), possible: not(a.sure)}
}

const (
	tokenField = "tok"
	timeField  = "at"
	idField    = "id"

	maxNesting = 11 // of a tree; engines take 30 levels, and a node may need two
)

func term(field, value string) clause { return clause{"term": clause{field: value}} }

func terms(field string, values []string) clause {
	switch len(values) {
	case 0:
		return nothing
	case 1:
		return term(field, values[0])
	}
	return clause{"terms": clause{field: values}}
}

func has(m mark, what ...string) clause {
	tokens := make([]string, len(what))
	for i, w := range what {
		tokens[i] = m.is(w)
	}
	return terms(tokenField, tokens)
}

// compiler makes queries from conditions.
type compiler struct{ schema *storage.Schema }

// compile makes the answer to a condition; nil matches everything.
func compile(schema *storage.Schema, c *expr.Condition) answer {
	if c == nil || c.Root() == nil {
		return exactly(nil)
	}
	return compiler{schema}.node(c.Root(), 0)
}

func (c compiler) node(n expr.Node, depth int) answer {
	if depth > maxNesting {
		return unsure(nil)
	}
	switch n := n.(type) {
	case expr.And:
		return and(c.nodes(n.Nodes, depth)...)
	case expr.Or:
		return or(c.nodes(n.Nodes, depth)...)
	case expr.Not:
		return c.node(n.Node, depth+1).not()
	case *expr.Leaf:
		return c.leaf(n)
	}
	return unsure(nil)
}

func (c compiler) nodes(nodes []expr.Node, depth int) []answer {
	answers := make([]answer, len(nodes))
	for i, n := range nodes {
		answers[i] = c.node(n, depth+1)
	}
	return answers
}

func (c compiler) leaf(l *expr.Leaf) answer {
	if len(l.Fields()) == 0 {
		if holds, _ := l.Eval(expr.Document("{}")); holds { // what can't be compared does not match
			return exactly(nil)
		}
		return exactly(nothing)
	}
	f, isField := l.Left().(expr.Field)
	if !isField || len(l.Fields()) > 1 || len(f.Path.Steps()) == 0 {
		return unsure(nil)
	}
	switch f.Path.String() {
	case c.schema.Time.String():
		return c.time(l)
	case idField:
		return c.id(l)
	}
	return value(fieldAt(f.Path), l)
}

// time answers a comparison of the time that the collection is listed by.
func (c compiler) time(l *expr.Leaf) answer {
	span := func(from, to int64) answer {
		if from >= to {
			return exactly(nothing)
		}
		return exactly(timeRange(from, to))
	}
	if from, to, ok := storage.TimeSpan(c.schema, l); ok {
		return span(from, to)
	}
	switch l.Op() {
	case expr.Exists, expr.IsNotNull, expr.NotEmpty:
		return exactly(nil)
	case expr.NotExists, expr.IsNull, expr.Empty:
		return exactly(nothing)
	case expr.StartsWith:
		if text, ok := literalText(l.Right()); ok {
			from, _ := storage.FirstTime(text, false)
			to, _ := storage.FirstTime(text+"\xff", false)
			return span(from, to)
		}
	case expr.Equal, expr.NotEqual:
		if text, ok := literalText(l.Right()); ok {
			from, _ := storage.FirstTime(text, false)
			to, _ := storage.FirstTime(text, true)
			if l.Op() == expr.NotEqual {
				return span(from, to).not()
			}
			return span(from, to)
		}
	}
	return unsure(nil)
}

func timeRange(from, to int64) clause {
	bounds := clause{}
	if from != math.MinInt64 {
		bounds["gte"] = from
	}
	if to != math.MaxInt64 {
		bounds["lt"] = to
	}
	if len(bounds) == 0 {
		return nil
	}
	return clause{"range": clause{timeField: bounds}}
}

func literalText(o expr.Operand) (string, bool) {
	literal, _ := o.(expr.Literal)
	text, ok := literal.Value.(string)
	return text, ok
}

// id answers a comparison of the document's id.
func (c compiler) id(l *expr.Leaf) answer {
	switch l.Op() {
	case expr.Exists, expr.IsNotNull:
		return exactly(nil)
	case expr.NotExists, expr.IsNull:
		return exactly(nothing)
	case expr.Equal, expr.NotEqual:
		text, ok := literalText(l.Right())
		if !ok {
			return unsure(nil)
		}
		if l.Op() == expr.NotEqual {
			return exactly(not(term(idField, text)))
		}
		return exactly(term(idField, text))
	case expr.In, expr.NotIn:
		list, _ := l.Right().(expr.List)
		var ids []string
		for _, v := range list.Values {
			if text, ok := v.(string); ok {
				ids = append(ids, text)
			}
		}
		if l.Op() == expr.NotIn {
			return exactly(not(terms(idField, ids)))
		}
		return exactly(terms(idField, ids))
	}
	return unsure(nil)
}

// field is what is asked of a field: the mark of its tokens, and that something is there.
type field struct {
	mark
	there clause
}

func fieldAt(path expr.Path) field {
	steps := path.Steps()
	parent := rootMark
	for _, step := range steps[:len(steps)-1] {
		parent = parent.child(step)
	}
	name := steps[len(steps)-1]
	m := parent.child(name)
	member := clause{"wildcard": clause{tokenField: clause{"value": parent.is(hasMembers) + "*" + memberEnd + literally(name) + memberEnd + "*"}}}
	return field{m, anyOf(has(m, isThere), member)}
}

// value answers a comparison of a field with constants.
func value(f field, l *expr.Leaf) answer {
	switch l.Op() {
	case expr.Exists, expr.NotExists:
		return negated(l.Op() == expr.NotExists, exactly(f.there))
	case expr.IsNull, expr.IsNotNull:
		return negated(l.Op() == expr.IsNotNull, exactly(has(f.mark, isNull)))
	case expr.Empty, expr.NotEmpty:
		empty := anyOf(not(f.there), has(f.mark, isNull, isEmpty, isText))
		return negated(l.Op() == expr.NotEmpty, exactly(empty))
	case expr.Equal, expr.NotEqual:
		return negated(l.Op() == expr.NotEqual, equal(f, l.Right()))
	case expr.In, expr.NotIn:
		return negated(l.Op() == expr.NotIn, among(f.mark, l.Right()))
	case expr.Match:
		return match(f, l.Right())
	case expr.Contains:
		return contains(f, l.Right())
	case expr.StartsWith:
		return startsWith(f, l.Right())
	case expr.EndsWith:
		return endsWith(f, l.Right())
	}
	if r, ok := l.Range(); ok {
		return within(f.mark, r)
	}
	if constants(l.Right(), l.High()) {
		return exactly(nothing) // TRUE, NULL and lists have no order
	}
	return unsure(nil)
}

func negated(negate bool, a answer) answer {
	if negate {
		return a.not()
	}
	return a
}

func constants(operands ...expr.Operand) bool {
	return !slices.ContainsFunc(operands, func(o expr.Operand) bool {
		switch o.(type) {
		case nil, expr.Literal, expr.List, expr.Pattern:
			return false
		}
		return true
	})
}

func equal(f field, right expr.Operand) answer {
	switch right := right.(type) {
	case expr.Pattern:
		return pattern(f.mark, wildcard(right.Text), false)
	case expr.List:
		a := among(f.mark, right)
		return answer{sure: all(a.sure, not(has(f.mark, isList))), possible: anyOf(a.possible, has(f.mark, isList))}
	case expr.Literal:
		if right.Value == nil {
			return exactly(anyOf(not(f.there), has(f.mark, isNull)))
		}
		if what, ok := fact(right.Value); ok {
			return exactly(has(f.mark, what))
		}
	}
	return unsure(nil)
}

func among(m mark, right expr.Operand) answer {
	list, ok := right.(expr.List)
	if !ok {
		return unsure(nil)
	}
	var facts []string
	for _, v := range list.Values {
		what, ok := fact(v)
		if !ok {
			return unsure(nil)
		}
		facts = append(facts, what)
	}
	return exactly(has(m, facts...))
}

// pattern answers a wildcard query on the text at the path. folded: without regard to case.
func pattern(m mark, query string, folded bool) answer {
	how := clause{"value": m.is(isText) + query}
	if folded {
		how["case_insensitive"] = true
	}
	return guarded(m, clause{"wildcard": clause{tokenField: how}})
}

// guarded is a query that may be wrong about tricky texts.
func guarded(m mark, c clause) answer {
	return answer{sure: all(c, not(has(m, isTricky))), possible: anyOf(c, has(m, isTricky))}
}

// wildcard rewrites a pattern of the language, in which ? is a wildcard only beside ~, where the parser escapes it not.
func wildcard(text string) string {
	var b strings.Builder
	escaped := false
	for _, r := range text {
		switch {
		case escaped:
			escaped = false
			b.WriteString(literally(string(r)))
		case r == '\\':
			escaped = true
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var literalReplacer = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// literally takes away the meaning of all signs.
func literally(text string) string { return literalReplacer.Replace(text) }

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// match answers ~.
func match(f field, right expr.Operand) answer {
	switch right := right.(type) {
	case expr.Pattern:
		if isASCII(right.Text) {
			return pattern(f.mark, wildcard(right.Text), true)
		}
		return unsure(f.there)
	case expr.Literal:
		text, ok := right.Value.(string)
		switch {
		case !ok:
			return exactly(nothing)
		case isASCII(text):
			return pattern(f.mark, "*"+literally(text)+"*", true)
		}
		return unsure(f.there)
	case expr.List:
		return exactly(nothing)
	}
	return unsure(nil)
}

func contains(f field, right expr.Operand) answer {
	literal, ok := right.(expr.Literal)
	if !ok {
		return unsure(f.there)
	}
	switch v := literal.Value.(type) {
	case string:
		return or(exactly(has(f.mark, hasItem+textFact(v))), pattern(f.mark, "*"+literally(v)+"*", false))
	case nil, bool, float64:
		what, _ := fact(v)
		return exactly(has(f.mark, hasItem+what))
	}
	return unsure(has(f.mark, isList))
}

func startsWith(f field, right expr.Operand) answer {
	literal, ok := right.(expr.Literal)
	if !ok {
		return unsure(f.there)
	}
	what, ok := fact(literal.Value)
	if !ok {
		return unsure(f.there)
	}
	first := exactly(all(has(f.mark, isList), has(f.child("0"), what)))
	if text, ok := literal.Value.(string); ok {
		return or(first, guarded(f.mark, clause{"prefix": clause{tokenField: clause{"value": f.is(isText) + text}}}))
	}
	return first
}

func endsWith(f field, right expr.Operand) answer {
	literal, ok := right.(expr.Literal)
	if !ok {
		return unsure(f.there)
	}
	last := unsure(has(f.mark, isList))
	if text, ok := literal.Value.(string); ok {
		return or(last, pattern(f.mark, "*"+literally(text), false))
	}
	return last
}

// within answers a range, whose ends are of one type or there is nothing in it.
func within(m mark, r expr.Range) answer {
	var parts []answer
	if r.Min != nil {
		parts = append(parts, side(m, r.Min, "gt", r.MinOpen))
	}
	if r.Max != nil {
		parts = append(parts, side(m, r.Max, "lt", r.MaxOpen))
	}
	if len(parts) == 2 && sameType(r.Min, r.Max) {
		return span(m, r)
	}
	return and(parts...)
}

func sameType(a, b any) bool {
	x, okX := fact(a)
	y, okY := fact(b)
	return okX && okY && x[0] == y[0]
}

// side answers a comparison with one end.
func side(m mark, end any, op string, open bool) answer {
	r := expr.Range{}
	if op == "gt" {
		r.Min, r.MinOpen = end, open
	} else {
		r.Max, r.MaxOpen = end, open
	}
	return span(m, r)
}

// span answers a range of which both ends, or the only one, are of one type: its tokens stand together.
func span(m mark, r expr.Range) answer {
	kind := kindOf(r.Min)
	if r.Min == nil {
		kind = kindOf(r.Max)
	}
	bounds := clause{"gte": m.is(kind), "lt": m.is(string(kind[0] + 1))}
	if r.Min != nil {
		delete(bounds, "gte")
		bounds[operator("gt", r.MinOpen)] = m.is(plainFact(r.Min))
	}
	if r.Max != nil {
		delete(bounds, "lt")
		bounds[operator("lt", r.MaxOpen)] = m.is(plainFact(r.Max))
	}
	c := clause{"range": clause{tokenField: bounds}}
	if kind == isText {
		return guarded(m, c)
	}
	return exactly(c)
}

func operator(name string, open bool) string {
	if open {
		return name
	}
	return name + "e"
}

func kindOf(end any) string {
	what, _ := fact(end)
	return what[:1]
}

// plainFact is fact without cutting texts: between cut and whole texts the order is the same but for tricky ones.
func plainFact(end any) string {
	if text, ok := end.(string); ok {
		return isText + text
	}
	what, _ := fact(end)
	return what
}
