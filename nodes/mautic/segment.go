package mautic

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "edit-segment", Name: "Edit segment in Mautic", Icon: "users-group",
		New:  func() node.Node { return &EditSegment{} },
		Out:  done,
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mautic.add_remove_segment.plugin.MauticSegmentEditor"},
		Examples: []node.Example{
			{
				Name:    "in",
				Config:  `{"source": "mautic", "action": "add", "contact_id": "payload@id", "segment": "3"}`,
				Payload: `{"id": 7}`,
				Port:    "success",
				Result:  `{"success": 1}`,
			},
			{
				Name:   "out",
				Config: `{"source": "mautic", "action": "remove", "contact_id": 7, "segment": 3}`,
				Port:   "success",
				Result: `{"success": 1}`,
			},
			{
				Name:   "no such contact",
				Config: `{"source": "mautic", "action": "add", "contact_id": "8", "segment": 3}`,
				Port:   "error",
				Result: `{"message": "Mautic answered 404 Not Found", "status": 404, "content": null}`,
			},
		},
	})
}

// EditSegment puts a contact of Mautic into a segment, or takes it out. What Mautic answers goes on at the port success; a contact or
// a segment that is not there goes on at the port error.
type EditSegment struct {
	Source  node.Reference `json:"source" title:"Mautic" help:"The resource with the token." kind:"resource:mautic" required:"true"`
	Action  string         `json:"action" title:"Action" help:"Put in or take out." enum:"add,remove" required:"true"`
	Contact node.Value     `json:"contact_id" title:"Id" help:"Of the contact in Mautic, or a place that holds it." required:"true"`
	Segment node.Value     `json:"segment" title:"Segment" help:"Its id in Mautic, or a place that holds it." required:"true"`
}

// Run implements node.Node.
func (n *EditSegment) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	id, err := n.Contact.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	segment, err := n.Segment.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	return reply(ctx, in, n.Source, "POST", "/segments/"+url.PathEscape(segment)+"/contact/"+url.PathEscape(id)+"/"+n.Action, map[string]any{}, "success")
}
