package text

import (
	"context"
	"regexp"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "regex-replace", Name: "Replace by a regular expression", Icon: "regex",
		New: func() node.Node { return &RegexReplace{} },
		Out: []node.Port{
			{Name: "replaced", Doc: "The new text, as value."},
			{Name: "not_found", Doc: "The text as it was, as value."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.strings.regex_replace.plugin.RegexReplacer"},
		Examples: []node.Example{
			{
				Name: "hide digits", Config: `{"string": "event@properties.card", "find_regex": "[0-9]", "replace_with": "*"}`,
				Event: `{"properties": {"card": "DE 12"}}`, Port: "replaced", Result: `{"value": "DE **"}`,
			},
			{
				Name: "turn around", Config: `{"string": "Lee, Ann", "find_regex": "(\\w+), (?P<first>\\w+)", "replace_with": "\\g<first> \\1 for $1"}`,
				Port: "replaced", Result: `{"value": "Ann Lee for $1"}`,
			},
			{
				Name: "nothing to replace", Config: `{"string": "DE", "find_regex": "[0-9]", "replace_with": "*"}`,
				Port: "not_found", Result: `{"value": "DE"}`,
			},
			{
				Name: "no such field", Config: `{"string": "event@properties.card", "find_regex": "[0-9]", "replace_with": "*"}`,
				Error: "event@properties.card is missing",
			},
		},
	})
}

// RegexReplace puts another text wherever a text matches a regular expression. The payload is then {"value": "the new text"}. When
// nothing matches, it goes on at the port not_found.
//
// In the new text \1 stands for what the first group of the expression caught, and \g<name> for the group with that name. Expressions
// have the syntax of RE2, which never takes long: there is no look-around such as (?=…), and within the expression itself there are
// no references back.
type RegexReplace struct {
	Text    node.Value   `json:"string" title:"Text" help:"A place such as event@properties.card, or the text itself." required:"true"`
	Find    node.Pattern `json:"find_regex" title:"Expression" help:"Such as [0-9]+." required:"true"`
	Replace node.Value   `json:"replace_with" title:"Replace by" help:"A place, or the text itself; empty to remove what is found."`
}

// Run implements node.Node.
func (n *RegexReplace) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	replacement, err := n.Replace.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	if !n.Find.Regexp().MatchString(text) {
		return node.To("not_found", value(text)), nil
	}
	return node.To("replaced", value(n.Find.Regexp().ReplaceAllString(text, inGo(replacement)))), nil
}

var groupMark = regexp.MustCompile(`\\([0-9]{1,2})|\\g<(\w+)>`)

// inGo writes a replacement as the library wants it.
func inGo(replacement string) string {
	return groupMark.ReplaceAllString(strings.ReplaceAll(replacement, "$", "$$"), "$${$1$2}")
}
