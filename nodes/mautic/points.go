package mautic

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "edit-points", Name: "Edit points in Mautic", Icon: "plus-minus",
		New:  func() node.Node { return &EditPoints{} },
		Out:  done,
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mautic.edit_points.plugin.MauticPointsEditor"},
		Examples: []node.Example{
			{
				Name:    "a reward",
				Config:  `{"source": "mautic", "action": "add", "contact_id": "payload@id", "points": "5"}`,
				Payload: `{"id": 7}`,
				Port:    "success",
				Result:  `{"success": true}`,
			},
			{
				Name:   "a fine",
				Config: `{"source": "mautic", "action": "subtract", "contact_id": 7, "points": 3}`,
				Port:   "success",
				Result: `{"success": true}`,
			},
			{
				Name:   "no such contact",
				Config: `{"source": "mautic", "action": "add", "contact_id": "8", "points": 1}`,
				Port:   "error",
				Result: `{"message": "Mautic answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// EditPoints gives points to a contact of Mautic, or takes some away. What Mautic answers goes on at the port success; a contact that
// is not there goes on at the port error.
type EditPoints struct {
	Source  node.Reference `json:"source" title:"Mautic" help:"The resource with the token." kind:"resource:mautic" required:"true"`
	Action  string         `json:"action" title:"Action" help:"Give points or take them away." enum:"add,subtract" required:"true"`
	Contact node.Value     `json:"contact_id" title:"Id" help:"Of the contact in Mautic, or a place that holds it." required:"true"`
	Points  node.Value     `json:"points" title:"Points" help:"How many, or a place that holds a number." required:"true"`
}

// Run implements node.Node.
func (n *EditPoints) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	id, err := n.Contact.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	points, err := n.Points.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	operator := "/points/plus/"
	if n.Action == "subtract" {
		operator = "/points/minus/"
	}
	return reply(ctx, in, n.Source, "POST", "/contacts/"+url.PathEscape(id)+operator+url.PathEscape(points), map[string]any{"eventName": in.Event().Type}, "success")
}
