package expr

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Calculation is a list of lines, each an assignment or an expression:
//
//	net = profile@stat.total - 4.50
//	profile@stat.net = net * 1.2
//	net / (profile@stat.visits + 1)
//
// It knows numbers, + - * / and parentheses, the names of earlier lines (letters, digits, "_" and dots) and references.
// A minus beside a reference needs blanks, because paths may contain one.
type Calculation struct{ lines []line }

// line is one assignment or expression.
type line struct {
	number int
	name   []string // the variable it is assigned to, in steps
	target Reference
	value  term
}

// term is a piece of arithmetic.
type term struct {
	op          byte // + - * / for two terms, ~ for minus one, # for a number, $ for a variable, @ for a field
	left, right *term
	number      float64
	name        string
	field       Field
}

// Result is what a calculation gives.
type Result struct {
	Last      float64        // value of the last line; 0 without lines
	Variables map[string]any // float64 by name; a name with dots makes objects inside each other
}

// ParseCalculation reads the lines; empty ones are skipped. The error is a *[SyntaxError].
func ParseCalculation(text string) (*Calculation, error) {
	if len(text) > MaxTextBytes {
		return nil, syntaxErrorAt(text, MaxTextBytes, fmt.Sprintf("a calculation has at most %d bytes, this one has %d", MaxTextBytes, len(text)))
	}
	if !utf8.ValidString(text) {
		return nil, syntaxErrorAt(text, invalidOffset(text), "the text is not valid UTF-8")
	}
	p := calculator{parser: parser{text: text}, known: map[string]bool{}}
	c := &Calculation{}
	for number := 1; p.pos < len(text); number++ {
		p.end = p.pos + strings.IndexByte(text[p.pos:]+"\n", '\n')
		if strings.TrimSpace(text[p.pos:p.end]) != "" {
			l, err := p.line()
			if err != nil {
				return nil, err
			}
			l.number = number
			c.lines = append(c.lines, l)
		}
		p.pos = p.end + 1
	}
	return c, nil
}

// Run computes the lines in order; later lines see what earlier ones assigned. Places in the data are written at the
// end, so a calculation that fails changes nothing unless writing itself fails. The error names the line, and wraps a
// *[MissingError] when a field is not there.
func (c *Calculation) Run(w Writer) (Result, error) {
	r := run{data: w, variables: map[string]float64{}, written: map[string]float64{}}
	result := Result{Variables: map[string]any{}}
	variables := Objects{"": result.Variables}
	for _, l := range c.lines {
		value, err := r.compute(&l.value)
		if err != nil {
			return Result{}, fmt.Errorf("calculation, line %d: %w", l.number, err)
		}
		result.Last = value
		if f, ok := l.target.Field(); ok {
			r.written[f.String()] = value
			continue
		}
		if l.name != nil {
			r.variables[strings.Join(l.name, ".")] = value
			if err := variables.Set("", newPath(l.name), value); err != nil {
				return Result{}, fmt.Errorf("calculation, line %d: %w", l.number, err)
			}
		}
	}
	for _, l := range c.lines {
		if f, ok := l.target.Field(); ok {
			if err := l.target.Set(w, r.written[f.String()]); err != nil {
				return Result{}, fmt.Errorf("calculation, line %d: %w", l.number, err)
			}
		}
	}
	return result, nil
}

// run holds the values while lines are computed.
type run struct {
	data      Data
	variables map[string]float64
	written   map[string]float64 // by the text of the field
}

func (r *run) compute(t *term) (float64, error) {
	switch t.op {
	case '#':
		return t.number, nil
	case '$':
		return r.variables[t.name], nil
	case '@':
		return r.field(t.field)
	}
	a, err := r.compute(t.left)
	if err != nil || t.op == '~' {
		return -a, err
	}
	b, err := r.compute(t.right)
	if err != nil {
		return 0, err
	}
	var result float64
	switch t.op {
	case '+':
		result = a + b
	case '-':
		result = a - b
	case '*':
		result = a * b
	case '/':
		if b == 0 {
			return 0, errors.New("division by zero")
		}
		result = a / b
	}
	if math.IsInf(result, 0) {
		return 0, errors.New("the result is too large")
	}
	return result, nil
}

// field reads a number, or a text that holds one.
func (r *run) field(f Field) (float64, error) {
	if n, ok := r.written[f.String()]; ok {
		return n, nil
	}
	found, ok := r.data.Get(f.Source, f.Path)
	if !ok {
		return 0, &MissingError{Field: f}
	}
	v := valueOf(found)
	switch v.kind {
	case number:
		return v.num, nil
	case text:
		if n, ok := scanNumber(strings.TrimSpace(v.text)); ok {
			return n, nil
		}
		return 0, fmt.Errorf("%v is no number but the text %q", f, clip(v.text))
	}
	return 0, fmt.Errorf("%v is no number but %v", f, v.kind)
}

// calculator parses lines with the tools of parser.
type calculator struct {
	parser
	end   int // of the line
	known map[string]bool
}

func (p *calculator) line() (l line, err error) {
	name, err := p.target(&l)
	if err != nil {
		return line{}, err
	}
	value, err := p.sum()
	if err != nil {
		return line{}, err
	}
	if p.next() != 0 {
		return line{}, p.expected(p.pos, "+", "-", "*", "/", "end of line")
	}
	l.value = *value
	if name != "" {
		p.known[name] = true
	}
	return l, nil
}

// target reads what stands before "=", and the sign itself, if the line is an assignment. The name is that of a variable.
func (p *calculator) target(l *line) (name string, err error) {
	p.blanks()
	start := p.pos
	name = p.variable()
	var f Field
	if strings.HasPrefix(p.text[start+len(name):], "@") {
		if f, err = p.reference(); err != nil {
			return "", err
		}
	} else {
		p.pos += len(name)
	}
	if name == "" || p.next() != '=' {
		p.pos = start
		return "", nil
	}
	p.pos++
	if f.Source != "" {
		l.target = Reference{field: f, isField: true}
		if err := l.target.checkWritable(); err != nil {
			return "", syntaxErrorAt(p.text, start, err.Error())
		}
		return "", nil
	}
	if reason := p.refuse(name); reason != "" {
		return "", syntaxErrorAt(p.text, start, reason)
	}
	l.name = strings.Split(name, ".")
	return name, nil
}

// refuse tells why a variable cannot have the name.
func (p *calculator) refuse(name string) (reason string) {
	for step := range strings.SplitSeq(name, ".") {
		if !isVariable(step) {
			return fmt.Sprintf("%q is no name: letters, digits and _, with dots between", clip(name))
		}
	}
	for other := range p.known {
		if strings.HasPrefix(other, name+".") || strings.HasPrefix(name, other+".") {
			return fmt.Sprintf("there is a variable %s already, %s cannot be another beside it", clip(other), clip(name))
		}
	}
	return ""
}

// isVariable tells whether a name between dots begins with a letter and goes on with letters and digits.
func isVariable(step string) bool {
	for i, r := range step {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return step != ""
}

func (p *calculator) sum() (*term, error) {
	return p.operation("+-", func() (*term, error) { return p.operation("*/", p.factor) })
}

// operation reads terms with one of the signs between them, from left to right.
func (p *calculator) operation(signs string, operand func() (*term, error)) (*term, error) {
	left, err := operand()
	for err == nil {
		sign := p.next()
		if sign == 0 || strings.IndexByte(signs, sign) < 0 {
			return left, nil
		}
		p.pos++
		var right *term
		right, err = operand()
		left = &term{op: sign, left: left, right: right}
	}
	return nil, err
}

// factor reads a number, a name, a reference, parentheses or a negated factor.
func (p *calculator) factor() (*term, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, syntaxErrorAt(p.text, p.pos, fmt.Sprintf("more than %d parentheses and signs inside each other", MaxDepth))
	}
	defer func() { p.depth-- }()
	switch sign := p.next(); {
	case sign == '-' || sign == '+':
		p.pos++
		inner, err := p.factor()
		if sign == '+' {
			return inner, err
		}
		return &term{op: '~', left: inner}, err
	case sign == '(':
		p.pos++
		inner, err := p.sum()
		if err != nil {
			return nil, err
		}
		if p.next() != ')' {
			return nil, p.expected(p.pos, `")"`)
		}
		p.pos++
		return inner, nil
	case sign >= '0' && sign <= '9' || sign == '.':
		return p.number()
	}
	start := p.pos
	switch name := p.variable(); {
	case name == "":
		return nil, p.expected(start, "a number", "a name", "a reference", `"("`)
	case strings.HasPrefix(p.text[start+len(name):], "@"):
		f, err := p.reference()
		return &term{op: '@', field: f}, err
	case !p.known[name]:
		return nil, syntaxErrorAt(p.text, start, fmt.Sprintf("%s has no value yet", clip(name)))
	default:
		p.pos += len(name)
		return &term{op: '$', name: name}, nil
	}
}

// variable is the run of letters, digits, _ and dots that stands next.
func (p *calculator) variable() string {
	end := p.pos
	for end < p.end {
		r, size := utf8.DecodeRuneInString(p.text[end:])
		if r != '.' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		end += size
	}
	return p.text[p.pos:end]
}

// number reads digits with decimals and exponent.
func (p *calculator) number() (*term, error) {
	start := p.pos
	for p.pos < p.end {
		c := p.text[p.pos]
		exponent := p.pos > start && (p.text[p.pos-1] == 'e' || p.text[p.pos-1] == 'E')
		if !(c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || (exponent && (c == '+' || c == '-'))) {
			break
		}
		p.pos++
	}
	n, ok := scanNumber(p.text[start:p.pos])
	if !ok {
		return nil, syntaxErrorAt(p.text, start, fmt.Sprintf("%q is no number", clip(p.text[start:p.pos])))
	}
	return &term{op: '#', number: n}, nil
}

// reference reads source@path.
func (p *calculator) reference() (Field, error) {
	start := p.pos
	o, err := p.field()
	if err != nil {
		return Field{}, err
	}
	if p.pos > p.end {
		return Field{}, syntaxErrorAt(p.text, start, "a reference ends in its line")
	}
	f, _ := o.(Field)
	return f, nil
}

// next is the first byte behind blanks in the line; 0 at its end.
func (p *calculator) next() byte {
	if p.blanks(); p.pos >= p.end {
		return 0
	}
	return p.text[p.pos]
}

func (p *calculator) blanks() {
	for p.pos < p.end && strings.IndexByte(" \t\r", p.text[p.pos]) >= 0 {
		p.pos++
	}
}
