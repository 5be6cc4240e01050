package node

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// Pattern is a setting that holds a regular expression. The time to match one grows with the length of the text alone, for which
// the price is that it knows no look-around and no references back to a group.
type Pattern struct {
	text   string
	parsed *regexp.Regexp
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Pattern) UnmarshalText(text []byte) (err error) {
	*p = Pattern{text: string(text)}
	if p.text == "" {
		return nil
	}
	p.parsed, err = regexp.Compile(p.text)
	if wrong, ok := errors.AsType[*syntax.Error](err); ok {
		hint := ""
		if wrong.Code == syntax.ErrInvalidPerlOp || wrong.Code == syntax.ErrInvalidEscape {
			hint = "; look-around such as (?=…) and references back such as \\1 are not supported, because they can take forever"
		}
		return fmt.Errorf("the expression can't be read at %q: %s%s", wrong.Expr, wrong.Code, hint)
	}
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.text), nil }

// Empty tells whether nothing was set.
func (p Pattern) Empty() bool { return p.parsed == nil }

// Regexp is the expression; nil when nothing was set.
func (p Pattern) Regexp() *regexp.Regexp { return p.parsed }
