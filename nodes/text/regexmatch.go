package text

import (
	"context"
	"strconv"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "regex-match", Name: "Match a regular expression", Icon: "regex",
		New:     func() node.Node { return &RegexMatch{Prefix: "Group"} },
		Aliases: []string{"tracardi.process_engine.action.v1.strings.regex_match.plugin.RegexMatchAction"},
		Examples: []node.Example{
			{
				Name: "parts of a number", Config: `{"pattern": "([A-Z]+)-([0-9]+)", "text": "event@properties.order"}`,
				Event: `{"properties": {"order": "DE-1234"}}`, Port: "payload", Result: `{"Group-0": "DE", "Group-1": "1234"}`,
			},
			{
				Name: "all numbers", Config: `{"pattern": "[0-9]+", "text": "3 of 7", "group_prefix": "n"}`,
				Port: "payload", Result: `{"n-0": "3", "n-1": "7"}`,
			},
			{Name: "nothing", Config: `{"pattern": "[0-9]+", "text": "none"}`, Port: "payload", Result: `{}`},
			{Name: "no such field", Config: `{"pattern": "a", "text": "event@properties.order"}`, Error: "event@properties.order is missing"},
		},
	})
}

// RegexMatch finds everything in a text that matches a regular expression. The payload is then {"Group-0": "…", "Group-1": "…"}: what
// the groups of the expression caught, of all matches one after the other, or the matches themselves when it has no groups. When
// nothing matches, the payload is empty and a warning is noted.
//
// Expressions have the syntax of RE2, which never takes long: there is no look-around such as (?=…) and there are no references back
// such as \1. Groups have names as (?P<name>…).
type RegexMatch struct {
	Pattern node.Pattern `json:"pattern" title:"Expression" help:"Such as ([A-Z]+)-([0-9]+)." required:"true"`
	Text    node.Value   `json:"text" title:"Text" help:"A place such as event@properties.order, or the text itself." required:"true"`
	Prefix  string       `json:"group_prefix" title:"Prefix" help:"The names in the payload begin with it."`
}

// Run implements node.Node.
func (n *RegexMatch) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	payload := map[string]any{}
	for _, match := range n.Pattern.Regexp().FindAllStringSubmatch(text, -1) {
		if len(match) > 1 {
			match = match[1:]
		}
		for _, group := range match {
			payload[n.Prefix+"-"+strconv.Itoa(len(payload))] = group
		}
	}
	if len(payload) == 0 {
		in.Warn("nothing in the text matches the expression")
	}
	return node.To("payload", payload), nil
}
