package expr

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a condition.
const (
	MaxTextBytes  = 16 << 10 // length of the text
	MaxDepth      = 100      // parentheses and NOTs inside each other
	MaxListValues = 1000     // values in one list
)

// sourceNames are the sources of fields.
var sourceNames = []string{"payload", "session", "event", "profile", "flow", "memory"}

// Parse reads a condition in which every field has its source. The error is a *[SyntaxError].
func Parse(text string) (*Condition, error) {
	p := parser{text: text}
	return p.condition()
}

// ParseSearch reads a condition on one kind of record, for example "event". A field without source belongs to the
// record, and so does one with the record's name as its source (event@type); both have the Source "". Fields of other
// sources are refused. An empty text matches everything. The error is a *[SyntaxError].
func ParseSearch(text, record string) (*Condition, error) {
	if strings.TrimSpace(text) == "" {
		return &Condition{}, nil
	}
	p := parser{text: text, search: true, record: strings.ToLower(record)}
	return p.condition()
}

// parser reads a condition from left to right, without a separate lexer: what a word is depends on where it stands.
type parser struct {
	text   string
	pos    int
	depth  int
	search bool   // fields may stand without source
	record string // the record that is searched

	// For Complete: the text ends at the cursor, any source is allowed, and want says what could stand there.
	completing bool
	current    string // the field of the comparison that is read
	want       Completion
}

func (p *parser) condition() (*Condition, error) {
	if len(p.text) > MaxTextBytes {
		return nil, syntaxErrorAt(p.text, MaxTextBytes, fmt.Sprintf("a condition has at most %d bytes, this one has %d", MaxTextBytes, len(p.text)))
	}
	if !utf8.ValidString(p.text) {
		return nil, syntaxErrorAt(p.text, invalidOffset(p.text), "the text is not valid UTF-8")
	}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.skip(); p.pos < len(p.text) || p.completing {
		return nil, p.connective("AND", "OR", endOfText)
	}
	return &Condition{root: root}, nil
}

func invalidOffset(text string) int {
	for i, r := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return len(text)
}

// or reads chains of AND joined by OR.
func (p *parser) or() (Node, error) {
	nodes, err := p.chain("OR", p.and)
	if len(nodes) == 1 || err != nil {
		return first(nodes), err
	}
	var flat []Node
	for _, n := range nodes {
		if inner, ok := n.(Or); ok {
			flat = append(flat, inner.Nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	return Or{flat}, nil
}

// and reads atoms joined by AND.
func (p *parser) and() (Node, error) {
	nodes, err := p.chain("AND", p.not)
	if len(nodes) == 1 || err != nil {
		return first(nodes), err
	}
	var flat []Node
	for _, n := range nodes {
		if inner, ok := n.(And); ok {
			flat = append(flat, inner.Nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	return And{flat}, nil
}

func first(nodes []Node) Node {
	if len(nodes) == 0 {
		return nil
	}
	return nodes[0]
}

func (p *parser) chain(keyword string, next func() (Node, error)) ([]Node, error) {
	var nodes []Node
	for {
		n, err := next()
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		if !p.keyword(keyword) {
			return nodes, nil
		}
	}
}

// not reads an atom with its NOTs.
func (p *parser) not() (Node, error) {
	p.skip()
	start := p.pos
	negated := p.keyword("NOT")
	group := !negated && p.sign("(")
	if !negated && !group {
		return p.leaf()
	}
	if p.depth++; p.depth > MaxDepth {
		return nil, syntaxErrorAt(p.text, start, fmt.Sprintf("more than %d parentheses and NOTs inside each other", MaxDepth))
	}
	defer func() { p.depth-- }()
	if negated {
		n, err := p.not()
		return Not{n}, err
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.sign(")") {
		return nil, p.connective("AND", "OR", `")"`)
	}
	return n, nil
}

// leaf reads one comparison.
func (p *parser) leaf() (Node, error) {
	left, err := p.left()
	if err != nil {
		return nil, err
	}
	p.current = ""
	if f, ok := left.(Field); ok {
		p.current = f.String()
	}
	p.skip()
	start := p.pos
	op, negated, err := p.operator()
	if err != nil {
		return nil, err
	}
	if _, ok := left.(Field); !ok && (op == Exists || op == NotExists) {
		return nil, syntaxErrorAt(p.text, start, "only a field can exist")
	}
	n, err := p.right(left, op)
	if err != nil || !negated {
		return n, err
	}
	return Not{n}, nil
}

// right reads what follows the operator.
func (p *parser) right(left Operand, op Op) (Node, error) {
	switch {
	case op.unary():
		return newLeaf(op, p.record, left, nil, nil), nil
	case op == In || op == NotIn:
		p.skip()
		if p.pos >= len(p.text) || p.text[p.pos] != '[' {
			p.wants(WantValue, p.pos, p.pos, "", "[")
			return nil, p.expected(p.pos, `"["`)
		}
		l, err := p.list()
		return newLeaf(op, p.record, left, l, nil), err
	case op == Between:
		low, err := p.value(op)
		if err != nil {
			return nil, err
		}
		if !p.keyword("AND") {
			p.wantsKeyword(p.pos, "AND")
			return nil, p.expected(p.pos, "AND")
		}
		high, err := p.value(op)
		if err != nil {
			return nil, err
		}
		return newLeaf(op, p.record, left, low, high), nil
	case (op == Equal || op == Match) && p.sign("("):
		return p.group(left, op)
	}
	v, err := p.value(op)
	if err != nil {
		return nil, err
	}
	return newLeaf(op, p.record, left, v, nil), nil
}

// group reads field = (a OR b); its opening parenthesis is read.
func (p *parser) group(left Operand, op Op) (Node, error) {
	var nodes []Node
	for {
		v, err := p.value(op)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, newLeaf(op, p.record, left, v, nil))
		if len(nodes) > MaxListValues {
			return nil, syntaxErrorAt(p.text, p.pos, fmt.Sprintf("more than %d values", MaxListValues))
		}
		if p.keyword("OR") {
			continue
		}
		if !p.sign(")") {
			return nil, p.connective("OR", `")"`)
		}
		if len(nodes) == 1 {
			return nodes[0], nil
		}
		return Or{nodes}, nil
	}
}

// symbols are the operators that are signs, the longer ones first.
var symbols = []struct {
	text string
	op   Op
}{
	{"==", Equal},
	{"!=", NotEqual},
	{">=", GreaterEqual},
	{"=>", GreaterEqual},
	{"<=", LessEqual},
	{"=<", LessEqual},
	{"=", Equal},
	{":", Equal},
	{">", Greater},
	{"<", Less},
	{"~", Match},
}

// phrases are the operators that are words. A negated one has no operator of its own.
var phrases = []struct {
	words   []string
	op      Op
	negated bool
}{
	{words: []string{"CONTAINS"}, op: Contains},
	{words: []string{"STARTS", "WITH"}, op: StartsWith},
	{words: []string{"ENDS", "WITH"}, op: EndsWith},
	{words: []string{"IN"}, op: In},
	{words: []string{"BETWEEN"}, op: Between},
	{words: []string{"EXISTS"}, op: Exists},
	{words: []string{"EMPTY"}, op: Empty},
	{words: []string{"IS", "NULL"}, op: IsNull},
	{words: []string{"IS", "NOT", "NULL"}, op: IsNotNull},
	{words: []string{"NOT", "IN"}, op: NotIn},
	{words: []string{"NOT", "EXISTS"}, op: NotExists},
	{words: []string{"NOT", "EMPTY"}, op: NotEmpty},
	{words: []string{"NOT", "CONTAINS"}, op: Contains, negated: true},
	{words: []string{"NOT", "STARTS", "WITH"}, op: StartsWith, negated: true},
	{words: []string{"NOT", "ENDS", "WITH"}, op: EndsWith, negated: true},
	{words: []string{"NOT", "BETWEEN"}, op: Between, negated: true},
}

// operator reads the operator of a leaf.
func (p *parser) operator() (op Op, negated bool, err error) {
	p.skip()
	for _, s := range symbols {
		if p.sign(s.text) {
			return s.op, false, nil
		}
	}
	start, furthest := p.pos, p.pos
	var next []string // what could follow the longest phrase that has begun
	for _, phrase := range phrases {
		p.pos = start
		read := 0
		for read < len(phrase.words) && p.keyword(phrase.words[read]) {
			read++
		}
		if read == len(phrase.words) {
			return phrase.op, phrase.negated, nil
		}
		if p.skip(); read > 0 && p.pos >= furthest {
			furthest = p.pos
			if word := phrase.words[read]; !slices.Contains(next, word) {
				next = append(next, word)
			}
		}
	}
	p.pos = furthest
	p.wantsOperator(start)
	if len(next) > 0 {
		return 0, false, p.expected(furthest, next...)
	}
	return 0, false, p.expected(start, "an operator")
}

// skip moves over white space.
func (p *parser) skip() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
}

// sign reads a sign if it stands next.
func (p *parser) sign(s string) bool {
	p.skip()
	if !strings.HasPrefix(p.text[p.pos:], s) {
		return false
	}
	p.pos += len(s)
	return true
}

// keyword reads a word, in any case, if it stands next. At the cursor of Complete no word is finished.
func (p *parser) keyword(word string) bool {
	p.skip()
	end := p.pos + len(word)
	if end > len(p.text) || !strings.EqualFold(p.text[p.pos:end], word) || (p.completing && end == len(p.text)) {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(p.text[end:]); end < len(p.text) && isNameRune(r) {
		return false
	}
	p.pos = end
	return true
}

// expected is an error at a place.
func (p *parser) expected(pos int, what ...string) error {
	return syntaxErrorAt(p.text, pos, "", what...)
}

// connective is the error where a comparison has ended.
func (p *parser) connective(what ...string) error {
	p.skip()
	words := make([]string, 0, len(what))
	for _, w := range what {
		if w != endOfText {
			words = append(words, strings.Trim(w, `"`))
		}
	}
	p.wantsKeyword(p.pos, words...)
	return p.expected(p.pos, what...)
}
