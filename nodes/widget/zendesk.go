package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "zendesk", Name: "Zendesk widget", Icon: "headset",
		New:      func() node.Node { return &Zendesk{} },
		Out:      []node.Port{{Name: "response", Doc: "The chat is in the answer."}},
		Aliases:  []string{"com_tracardi.action.v1.ux.chats.zendesk.plugin.ZendeskWidgetPlugin"},
		Examples: []node.Example{{Name: "a chat", Config: `{"script_url": "https://static.zdassets.com/ekr/snippet.js?key=abc"}`, Payload: `{"a": 1}`, Port: "response"}},
	})
}

// Zendesk adds the chat of Zendesk to the page that sent the event.
type Zendesk struct {
	ScriptURL string `json:"script_url" title:"Script" help:"As Zendesk shows it: https://static.zdassets.com/ekr/snippet.js?key=…" required:"true"`
}

// Check implements node.Checker.
func (n *Zendesk) Check() error { return addresses(map[string]string{"script_url": n.ScriptURL}) }

// Run implements node.Node.
func (n *Zendesk) Run(_ context.Context, in *node.Input) (node.Output, error) {
	in.Show(map[string]any{"tag": "script", "props": map[string]any{"id": "ze-snippet", "src": n.ScriptURL}})
	return node.To("response", in.Payload), nil
}
