package airtable

import (
	"context"
	"net/url"
	"strings"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "fetch-records", Name: "Fetch records of Airtable", Icon: "table-export",
		New:     func() node.Node { return &FetchRecords{} },
		Out:     response,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.airtable.fetch_records.plugin.FetchFromAirtableAction"},
		Examples: []node.Example{
			{
				Name:    "one person",
				Config:  `{"source": "airtable", "base_id": "app1", "table_name": "People", "formula": "{Name} = '{{payload@name}}'"}`,
				Payload: `{"name": "O'Neil"}`,
				Port:    "response",
				Result:  `{"records": []}`,
			},
			{
				Name:   "no such table",
				Config: `{"source": "airtable", "base_id": "app1", "table_name": "No body"}`,
				Port:   "error",
				Result: `{"message": "Airtable answered 404 Not Found: {\"error\": \"NOT_FOUND\"}", "status": 404,
					"content": {"error": "NOT_FOUND"}}`,
			},
		},
	})
}

// FetchRecords reads up to a hundred records of a table of Airtable. They go on at the port response, as {"records": [{"id": "rec…",
// "fields": {…}}]}; a refusal goes on at the port error.
type FetchRecords struct {
	Source  node.Reference `json:"source" title:"Airtable" help:"The resource with the token." kind:"resource:airtable" required:"true"`
	Base    string         `json:"base_id" title:"Base" help:"Begins with app." required:"true"`
	Table   string         `json:"table_name" title:"Table" help:"Its name or id." required:"true"`
	Formula node.Template  `json:"formula" title:"Formula" help:"Which records, such as {Email} = '{{profile@data.contact.email.main}}'; empty for all."`
}

// Run implements node.Node.
func (n *FetchRecords) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	formula, err := n.Formula.RenderEscaped(in, quoted.Replace)
	if err != nil {
		return node.Output{}, err
	}
	request, err := table(ctx, in, n.Source, n.Base, n.Table)
	if err != nil {
		return node.Output{}, err
	}
	if formula != "" {
		request.Query = url.Values{"filterByFormula": {formula}}
	}
	return request.Reply(ctx, in, "response")
}

// quoted keeps values within the quotes of a formula.
var quoted = strings.NewReplacer(`\`, `\\`, `'`, `\'`, `"`, `\"`)
