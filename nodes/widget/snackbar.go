package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "snackbar", Name: "Snackbar", Icon: "message-2",
		New:     func() node.Node { return &Snackbar{Type: "success", HideAfter: 6000, X: "center", Y: "bottom"} },
		Aliases: []string{"tracardi.process_engine.action.v1.ux._snackbar.plugin.SnackBarUx"},
		Examples: []node.Example{
			{Name: "thanks", Config: `{"uix_mf_source": "https://cdn.example", "message": "Thank you, {{payload@name}}!"}`, Payload: `{"name": "Ann"}`, Port: "payload"},
			{Name: "a place with nothing", Config: `{"uix_mf_source": "https://cdn.example", "message": "Thank you, {{payload@name}}!"}`, Error: "payload@name is missing"},
		},
	})
}

// Snackbar shows a short message that disappears by itself.
type Snackbar struct {
	Source    string        `json:"uix_mf_source" title:"Widgets" help:"The address that serves /uix/snackbar/index.js." required:"true"`
	Type      string        `json:"type" title:"Kind" help:"Its color and sign." enum:"success,info,warning,error"`
	Message   node.Template `json:"message" title:"Message" help:"What the visitor reads." required:"true"`
	HideAfter int           `json:"hide_after" title:"Disappears after" help:"Milliseconds." min:"0"`
	X         string        `json:"position_x" title:"Across" help:"Where it is in the window." enum:"left,center,right"`
	Y         string        `json:"position_y" title:"Up and down" help:"Where it is in the window." enum:"top,bottom"`
}

// Check implements node.Checker.
func (n *Snackbar) Check() error { return addresses(map[string]string{"uix_mf_source": n.Source}) }

// Run implements node.Node.
func (n *Snackbar) Run(_ context.Context, in *node.Input) (node.Output, error) {
	attributes := map[string]any{"data-type": n.Type, "data-vertical": n.Y, "data-horizontal": n.X, "data-auto-hide": n.HideAfter}
	if err := texts(in, attributes, map[string]node.Template{"data-message": n.Message}); err != nil {
		return node.Output{}, err
	}
	show(in, "tracardi-uix-snackbar", attributes, bundle(n.Source, "/uix/snackbar/index.js"))
	return node.To("payload", in.Payload), nil
}
