package text

import (
	"context"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "to-date", Name: "Text to date", Icon: "calendar",
		New:     func() node.Node { return &ToDate{} },
		Out:     []node.Port{{Name: "date", Doc: "The date in ISO 8601, as date."}},
		Aliases: []string{"tracardi.process_engine.action.v1.strings.string_to_date.plugin.DateConverter"},
		Examples: []node.Example{
			{
				Name: "a written date", Config: `{"string": "event@properties.birthday"}`, Event: `{"properties": {"birthday": "3 May 1990"}}`,
				Port: "date", Result: `{"date": "1990-05-03T00:00:00Z"}`,
			},
			{
				Name: "with a zone", Config: `{"string": "2026-03-02 10:30:00+01:00"}`,
				Port: "date", Result: `{"date": "2026-03-02T10:30:00+01:00"}`,
			},
			{Name: "a word", Config: `{"string": "yesterday"}`, Port: "date", Result: `{"date": "2026-03-01T00:00:00Z"}`},
			{
				Name: "no date", Config: `{"string": "event@properties.birthday"}`, Event: `{"properties": {"birthday": "soon"}}`,
				Port: "error", Result: `{"message": "cannot read \"soon\" as a date"}`,
			},
			{Name: "no such field", Config: `{"string": "event@properties.birthday"}`, Error: "event@properties.birthday is missing"},
		},
	})
}

// ToDate reads a text as a date, and goes on with {"date": "2026-03-02T10:30:00Z"}; a text that is none goes on at the port error.
//
// It reads ISO 8601, the usual written forms such as 3 May 1990 and 03.05.1990, and words such as yesterday, 2 days ago and in 3
// hours. A date without a time zone is in UTC. Figures with strokes such as 1/2/2026 are refused: nobody can tell whether that is in
// January or February.
type ToDate struct {
	Text node.Value `json:"string" title:"Text" help:"A place such as event@properties.birthday, or the text itself." required:"true"`
}

// Run implements node.Node.
func (n *ToDate) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, err := n.Text.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	date, err := expr.ParseDate(text, in.Now(), time.UTC)
	if err != nil {
		return node.Fail(fmt.Sprint(err)), nil
	}
	return node.To("date", map[string]any{"date": date.Format(time.RFC3339Nano)}), nil
}
