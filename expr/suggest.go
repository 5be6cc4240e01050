package expr

// Completion tells what can stand at the cursor of a half-typed condition.
type Completion struct {
	Kind     string   // "field", "operator", "value", "keyword", or "" when the text before the cursor makes no sense
	Field    string   // for an operator or a value: the field it belongs to, as written
	Prefix   string   // what is typed of it already
	From, To int      // bytes of the text that a choice replaces
	Keywords []string // words of the language that fit
}

func (p *parser) wantsField(start, end int)               {}
func (p *parser) wantsValue(start int, prefix string)     {}
func (p *parser) wantsBare(start, end int, prefix string) {}
func (p *parser) wantsOperator(start int)                 {}
func (p *parser) wantsKeyword(start int, words ...string) {}
