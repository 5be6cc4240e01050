package text

import (
	"context"
	"net/netip"
	"regexp"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "contains-pattern", Name: "Contains pattern", Icon: "list-search",
		New: func() node.Node { return &ContainsPattern{Pattern: "all"} },
		Out: []node.Port{
			{Name: "true", Doc: "Something was found; the payload lists it."},
			{Name: "false", Doc: "Nothing was found, or the field is not there."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.operations.contains_pattern.plugin.ContainsPatternAction"},
		Examples: []node.Example{
			{
				Name: "an address in a message", Config: `{"field": "event@properties.message", "pattern": "email"}`,
				Event: `{"properties": {"message": "Write to ann@example.com or bob@example.com."}}`,
				Port:  "true", Result: `{"email": ["ann@example.com", "bob@example.com"]}`,
			},
			{
				Name: "anything", Config: `{"field": "event@properties.message"}`,
				Event: `{"properties": {"message": "On 24.12.2026 see https://example.com/a?b=1, from 10.0.0.1 and not 999.1.1.1"}}`,
				Port:  "true", Result: `{"date": ["24.12.2026"], "url": ["https://example.com/a?b=1"], "ip": ["10.0.0.1"]}`,
			},
			{
				Name: "nothing", Config: `{"field": "event@properties.message", "pattern": "url"}`,
				Event: `{"properties": {"message": "Hello"}}`, Payload: `{"a": 1}`, Port: "false",
			},
			{Name: "no such field", Config: `{"field": "event@properties.message"}`, Port: "false"},
		},
	})
}

// ContainsPattern looks for e-mail addresses, URLs, IP addresses or dates within a text. What it finds is the payload at the port true,
// such as {"email": ["ann@example.com"]}. When it finds nothing, the payload goes on at the port false; so it does, with a warning,
// when the field is not in the data.
type ContainsPattern struct {
	Field   node.Value `json:"field" title:"Text" help:"A place such as event@properties.message, or the text itself." required:"true"`
	Pattern string     `json:"pattern" title:"Pattern" help:"What is looked for." enum:"all,email,url,ip,date"`
}

var wanted = map[string]*regexp.Regexp{
	"email": regexp.MustCompile(`\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b`),
	"url":   regexp.MustCompile(`\bhttps?://[^\s<>"']*[^\s<>"'.,;:!?)]`),
	"ip":    regexp.MustCompile(`\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b`),
	"date":  regexp.MustCompile(`\b(?:(?:0?[1-9]|[12][0-9]|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))\b`),
}

// Run implements node.Node.
func (n *ContainsPattern) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, ok := sought(in, n.Field)
	found := map[string]any{}
	for kind, pattern := range wanted {
		if !ok || n.Pattern != "all" && n.Pattern != kind {
			continue
		}
		if matches := matchesOf(kind, pattern, text); len(matches) > 0 {
			found[kind] = matches
		}
	}
	if len(found) == 0 {
		return node.To("false", in.Payload), nil
	}
	return node.To("true", found), nil
}

func matchesOf(kind string, pattern *regexp.Regexp, text string) (matches []any) {
	for _, match := range pattern.FindAllString(text, -1) {
		if _, err := netip.ParseAddr(match); kind == "ip" && err != nil {
			continue
		}
		matches = append(matches, match)
	}
	return matches
}
