package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "cta", Name: "CTA message", Icon: "click",
		New: func() node.Node {
			return &CTA{Radius: 2, Shadow: 1, MinWidth: 300, MaxWidth: 500, HideAfter: 6000, X: "right", Y: "bottom"}
		},
		Aliases: []string{"tracardi.process_engine.action.v1.ux._cta_message.plugin.CtaMessageUx"},
		Examples: []node.Example{
			{
				Name: "a basket that waits", Config: `{"uix_mf_source": "https://cdn.example", "title": "Still there?", "message": "{{payload@n}} things wait in your basket.", "cta_button": "Go on", "cta_link": "https://shop.example/basket"}`,
				Payload: `{"n": 2}`, Port: "payload",
			},
			{Name: "a place with nothing", Config: `{"uix_mf_source": "https://cdn.example", "message": "{{payload@n}} things"}`, Error: "payload@n is missing"},
			{Name: "a link that would run code", Config: `{"uix_mf_source": "https://cdn.example", "cta_link": "{{payload@l}}"}`, Payload: `{"l": "javascript:alert(1)"}`, Error: "cta_link"},
		},
	})
}

// CTA shows a message with a button that leads somewhere: a call to action.
type CTA struct {
	Source    string        `json:"uix_mf_source" title:"Widgets" help:"The address that serves /uix/cta-message/index.js." required:"true"`
	Title     node.Template `json:"title" title:"Title" help:"Above the message."`
	Message   node.Template `json:"message" title:"Message" help:"What the visitor reads." widget:"textarea"`
	Button    node.Template `json:"cta_button" title:"Button" help:"Its text; empty for no button."`
	Link      node.Template `json:"cta_link" title:"Link" help:"Where the button leads."`
	Cancel    node.Template `json:"cancel_button" title:"Cancel button" help:"Its text; empty for none."`
	Radius    int           `json:"border_radius" title:"Round corners" help:"Their radius in pixels." min:"0"`
	Shadow    int           `json:"border_shadow" title:"Shadow" help:"How deep it is, 0 for none." min:"0"`
	MinWidth  int           `json:"min_width" title:"Least width" help:"Pixels." min:"0"`
	MaxWidth  int           `json:"max_width" title:"Greatest width" help:"Pixels." min:"0"`
	HideAfter int           `json:"hide_after" title:"Disappears after" help:"Milliseconds." min:"0"`
	X         string        `json:"position_x" title:"Across" help:"Where it is in the window." enum:"left,center,right"`
	Y         string        `json:"position_y" title:"Up and down" help:"Where it is in the window." enum:"top,bottom"`
}

// Check implements node.Checker.
func (n *CTA) Check() error { return addresses(map[string]string{"uix_mf_source": n.Source}) }

// Run implements node.Node.
func (n *CTA) Run(_ context.Context, in *node.Input) (node.Output, error) {
	attributes := map[string]any{
		"data-vertical": n.Y, "data-horizontal": n.X, "data-auto-hide": n.HideAfter, "data-border-radius": n.Radius,
		"data-border-shadow": n.Shadow, "data-min-width": n.MinWidth, "data-max-width": n.MaxWidth,
	}
	if err := texts(in, attributes, map[string]node.Template{
		"data-title": n.Title, "data-message": n.Message, "data-cta-button": n.Button, "data-cta-link": n.Link, "data-cancel-button": n.Cancel,
	}); err != nil {
		return node.Output{}, err
	}
	if link, _ := attributes["data-cta-link"].(string); link != "" {
		if err := addresses(map[string]string{"cta_link": link}); err != nil {
			return node.Output{}, err
		}
	}
	show(in, "tracardi-uix-cta-message", attributes, bundle(n.Source, "/uix/cta-message/index.js"))
	return node.To("payload", in.Payload), nil
}
