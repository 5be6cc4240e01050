package expr

import (
	"strings"
	"time"
)

// Eval tells whether the condition holds. The error is a *[Problem], the first comparison that made no sense on this
// data; the result counts beside it, with that comparison false. All calls of now() in one evaluation are one moment.
func (c *Condition) Eval(d Data) (bool, error) { return c.EvalAt(time.Time{}, d) }

// EvalAt is Eval with the time that now() stands for; the zero time stands for the clock.
func (c *Condition) EvalAt(now time.Time, d Data) (bool, error) {
	if c.root == nil {
		return true, nil
	}
	e := env{data: d, now: now}
	ok := e.node(c.root)
	return ok, e.err()
}

// Eval tells whether the leaf holds, as [Condition.Eval] does.
func (l *Leaf) Eval(d Data) (bool, error) {
	e := env{data: d}
	ok := e.leaf(l)
	return ok, e.err()
}

// env is one evaluation.
type env struct {
	data    Data
	now     time.Time
	problem *Problem // the first one
}

func (e *env) err() error {
	if e.problem == nil {
		return nil
	}
	return e.problem
}

func (e *env) clock() time.Time {
	if e.now.IsZero() {
		e.now = time.Now()
	}
	return e.now
}

func (e *env) node(n Node) bool {
	switch n := n.(type) {
	case *Leaf:
		return e.leaf(n)
	case And:
		for _, n := range n.Nodes {
			if !e.node(n) {
				return false
			}
		}
		return true
	case Or:
		for _, n := range n.Nodes {
			if e.node(n) {
				return true
			}
		}
		return false
	case Not:
		return !e.node(n.Node)
	}
	return false
}

// leaf evaluates a leaf and notes why it could not be.
func (e *env) leaf(l *Leaf) bool {
	ok, reason := e.compare(l)
	if reason == "" {
		return ok
	}
	if e.problem == nil {
		e.problem = &Problem{Leaf: l, Reason: reason}
	}
	return false
}

// compare evaluates a leaf; a reason says why that makes no sense.
func (e *env) compare(l *Leaf) (ok bool, reason string) {
	var left, right, high value
	a, reason := l.a.eval(e, &left)
	if reason != "" {
		return false, reason
	}
	if l.op.unary() {
		return isState(l.op, a), ""
	}
	if l.glob != nil {
		matches := a.kind == text && l.glob.match(a.text)
		return matches == (l.op != NotEqual), ""
	}
	b, reason := l.b.eval(e, &right)
	if reason != "" {
		return false, reason
	}
	switch l.op {
	case Equal:
		return isEqual(l, a, b), ""
	case NotEqual:
		return !isEqual(l, a, b), ""
	case In:
		return a.among(l.b.list), ""
	case NotIn:
		return !a.among(l.b.list), ""
	case Match:
		return matches(a, b)
	case Contains:
		return contains(a, b)
	case StartsWith, EndsWith:
		return hasEnd(a, b, l.op == EndsWith)
	case Between:
		if ok, reason := inOrder(GreaterEqual, a, b); !ok || reason != "" {
			return false, reason
		}
		c, reason := l.c.eval(e, &high)
		if reason != "" {
			return false, reason
		}
		return inOrder(LessEqual, a, c)
	}
	return inOrder(l.op, a, b)
}

// isEqual is "=" with its two special meanings: nothing for NULL, membership for a list on the right.
func isEqual(l *Leaf, a, b *value) bool {
	switch {
	case l.b.null():
		return a.kind == missing || a.kind == null
	case a.kind == missing || b.kind == missing:
		return false
	case b.kind != list || a.kind == list:
		return a.equal(b)
	case l.b.list != nil:
		return a.among(l.b.list)
	}
	for _, item := range b.items() {
		if equalTo(*a, item) {
			return true
		}
	}
	return false
}

// among tells whether one of the values is equal.
func (v *value) among(values []value) bool {
	for i := range values {
		if v.equal(&values[i]) {
			return true
		}
	}
	return false
}

// isState answers the operators without a right side.
func isState(op Op, v *value) bool {
	switch op {
	case IsNull:
		return v.kind == null
	case IsNotNull:
		return v.kind != null
	case Exists:
		return v.kind != missing
	case NotExists:
		return v.kind == missing
	case Empty:
		return v.empty()
	}
	return !v.empty()
}

// inOrder answers <, <=, > and >=. Nothing is before or after a missing value or null.
func inOrder(op Op, a, b *value) (ok bool, reason string) {
	if a.kind <= null || b.kind <= null {
		return false, ""
	}
	sign, ok := a.order(b)
	if !ok {
		if a.kind == b.kind && a.kind != date {
			return false, a.kind.String() + " has no order"
		}
		return false, a.kind.String() + " cannot be ordered against " + b.kind.String()
	}
	switch op {
	case Less:
		return sign < 0, ""
	case LessEqual:
		return sign <= 0, ""
	case Greater:
		return sign > 0, ""
	}
	return sign >= 0, ""
}

// matches answers ~ when the right side is not a constant text.
func matches(a, b *value) (ok bool, reason string) {
	switch {
	case a.kind == missing || b.kind == missing:
		return false, ""
	case b.kind != text:
		return false, "a text is needed on the right of ~, there is " + b.kind.String()
	}
	return a.kind == text && newSearch(b.text).match(a.text), ""
}

// contains answers CONTAINS.
func contains(a, b *value) (ok bool, reason string) {
	switch {
	case a.kind == text && b.kind == text:
		return strings.Contains(a.text, b.text), ""
	case a.kind == list && b.kind != missing:
		for _, item := range a.items() {
			if equalTo(*b, item) {
				return true, ""
			}
		}
		return false, ""
	}
	return false, a.kind.String() + " cannot contain " + b.kind.String()
}

// hasEnd answers STARTS WITH and ENDS WITH.
func hasEnd(a, b *value, last bool) (ok bool, reason string) {
	switch {
	case a.kind == text && b.kind == text && last:
		return strings.HasSuffix(a.text, b.text), ""
	case a.kind == text && b.kind == text:
		return strings.HasPrefix(a.text, b.text), ""
	case a.kind == list && b.kind != missing:
		items := a.items()
		if len(items) == 0 {
			return false, ""
		}
		item := items[0]
		if last {
			item = items[len(items)-1]
		}
		return equalTo(*b, item), ""
	}
	return false, a.kind.String() + " cannot start or end with " + b.kind.String()
}

// operand is an operand prepared for evaluation: a field, a call or a constant.
type operand struct {
	isField bool
	field   Field
	call    *function
	args    []operand
	value   value   // the constant
	list    []value // its elements, when it is a list
}

// constant tells whether no field is read.
func (o *operand) constant() bool {
	for i := range o.args {
		if o.args[i].isField {
			return false
		}
	}
	return !o.isField
}

// null tells whether the operand is the word NULL.
func (o *operand) null() bool { return !o.isField && o.call == nil && o.value.kind == null }

// eval gives the value of the operand: the constant itself, or what it puts into the given place.
func (o *operand) eval(e *env, into *value) (v *value, reason string) {
	switch {
	case o.isField:
		e.field(&o.field, into)
		return into, ""
	case o.call != nil:
		return into, e.function(o, into)
	}
	return &o.value, ""
}

// field reads a field. The documents of this package are read in place, without taking values out.
func (e *env) field(f *Field, into *value) {
	switch d := e.data.(type) {
	case Document:
		into.read(f.Path.find(view(d)))
	case Sources:
		if doc, ok := d[f.Source]; ok {
			into.read(f.Path.find(view(doc)))
		}
	default:
		if v, ok := e.data.Get(f.Source, f.Path); ok {
			into.set(v)
		}
	}
}

func (f Field) compile() *operand   { return &operand{isField: true, field: f} }
func (l Literal) compile() *operand { return &operand{value: valueOf(l.Value)} }
func (p Pattern) compile() *operand { return &operand{value: textValue(p.Text)} }

func (l List) compile() *operand {
	o := &operand{value: value{kind: list, any: l.Values}, list: make([]value, len(l.Values))}
	for i, v := range l.Values {
		o.list[i] = valueOf(v)
	}
	return o
}

func (c Call) compile() *operand {
	o := &operand{call: functions[c.Name]}
	for i, arg := range c.Args {
		compiled := *arg.compile()
		if !compiled.isField {
			compiled.value = o.call.args[i].prepare(compiled.value)
		}
		o.args = append(o.args, compiled)
	}
	return o
}

// function computes a call. A missing argument, or null, makes the result missing.
func (e *env) function(o *operand, into *value) (reason string) {
	var args [2]value
	for i := range o.args {
		v, _ := o.args[i].eval(e, &args[i])
		if v.kind <= null {
			return ""
		}
		args[i] = *v
	}
	v, err := o.call.eval(e.clock(), args[0], args[1])
	if err != nil {
		return err.Error()
	}
	*into = v
	return ""
}
