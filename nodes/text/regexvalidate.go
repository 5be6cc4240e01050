package text

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "regex-validate", Name: "Check by a regular expression", Icon: "regex",
		New: func() node.Node { return &RegexValidate{} },
		Out: []node.Port{
			{Name: "valid", Doc: "The text matches."},
			{Name: "invalid", Doc: "It does not match, or the field is not there."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.strings.regex_validator.plugin.RegexValidatorAction"},
		Examples: []node.Example{
			{
				Name: "a number", Config: `{"validation_regex": "[A-Z]{2}-[0-9]+$", "data": "event@properties.order"}`,
				Event: `{"properties": {"order": "DE-1234"}}`, Port: "valid",
			},
			{
				Name: "it must match from the beginning", Config: `{"validation_regex": "[A-Z]{2}-[0-9]+$", "data": "event@properties.order"}`,
				Event: `{"properties": {"order": "no. DE-1234"}}`, Port: "invalid",
			},
			{Name: "no such field", Config: `{"validation_regex": ".*", "data": "event@properties.order"}`, Port: "invalid"},
		},
	})
}

// RegexValidate goes on at the port valid when a text matches a regular expression from its beginning, else at the port invalid. What
// follows the match is of no matter; write $ at the end of the expression when nothing may follow. A field that is not in the data is
// invalid, with a warning.
//
// Expressions have the syntax of RE2, which never takes long: there is no look-around such as (?=…) and there are no references back
// such as \1.
type RegexValidate struct {
	Pattern node.Pattern `json:"validation_regex" title:"Expression" help:"Such as [A-Z]{2}-[0-9]+$." required:"true"`
	Data    node.Value   `json:"data" title:"Text" help:"A place such as event@properties.order, or the text itself." required:"true"`
}

// Run implements node.Node.
func (n *RegexValidate) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, ok := sought(in, n.Data)
	if at := n.Pattern.Regexp().FindStringIndex(text); ok && at != nil && at[0] == 0 {
		return node.To("valid", in.Payload), nil
	}
	return node.To("invalid", in.Payload), nil
}
