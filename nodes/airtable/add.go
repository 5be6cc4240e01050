package airtable

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "add-record", Name: "Add record to Airtable", Icon: "table-plus",
		New:  func() node.Node { return &AddRecord{} },
		Out:  response,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.airtable.send_record.plugin.SendToAirtableAction"},
		Examples: []node.Example{
			{
				Name:    "a person",
				Config:  `{"source": "airtable", "base_id": "app1", "table_name": "People", "mapping": {"Name": "profile@data.pii.firstname"}}`,
				Profile: `{"data": {"contact": {"email": {"main": "Ann@example.com"}}, "pii": {"firstname": "Ann"}}}`,
				Port:    "response",
				Result:  `{"id": "rec1"}`,
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

// AddRecord adds a record to a table of Airtable. The record goes on at the port response, as {"id": "rec…", "fields": {…}}; a
// refusal goes on at the port error. Values are turned into what the columns hold, where that is possible.
type AddRecord struct {
	Source  node.Reference `json:"source" title:"Airtable" help:"The resource with the token." kind:"resource:airtable" required:"true"`
	Base    string         `json:"base_id" title:"Base" help:"Begins with app." required:"true"`
	Table   string         `json:"table_name" title:"Table" help:"Its name or id." required:"true"`
	Mapping node.Value     `json:"mapping" title:"Fields" help:"By the names of the columns, such as {\"Name\": \"profile@data.pii.firstname\"}."`
}

// Run implements node.Node.
func (n *AddRecord) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	fields, err := n.Mapping.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	if fields == nil {
		fields = map[string]any{}
	}
	request, err := table(ctx, in, n.Source, n.Base, n.Table)
	if err != nil {
		return node.Output{}, err
	}
	request.JSON = map[string]any{"fields": fields, "typecast": true}
	return request.Reply(ctx, in, "response")
}
