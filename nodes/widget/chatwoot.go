package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "chatwoot", Name: "Chatwoot widget", Icon: "message-chatbot",
		New:      func() node.Node { return &Chatwoot{URL: "https://app.chatwoot.com"} },
		Out:      []node.Port{{Name: "response", Doc: "The chat is in the answer."}},
		Aliases:  []string{"com_tracardi.action.v1.ux.chats.chatwoot.plugin.ChatwootWidgetPlugin"},
		Examples: []node.Example{{Name: "a chat", Config: `{"license": "token"}`, Payload: `{"a": 1}`, Port: "response"}},
	})
}

// Chatwoot adds the chat of Chatwoot to the page that sent the event.
type Chatwoot struct {
	License string `json:"license" title:"Website token" help:"From the settings of the inbox in Chatwoot." required:"true"`
	URL     string `json:"url" title:"Address" help:"Of your own Chatwoot, or of Chatwoot's cloud." required:"true"`
}

// Check implements node.Checker.
func (n *Chatwoot) Check() error { return addresses(map[string]string{"url": n.URL}) }

// Run implements node.Node.
func (n *Chatwoot) Run(_ context.Context, in *node.Input) (node.Output, error) {
	settings := quote(map[string]string{"websiteToken": n.License, "baseUrl": bundle(n.URL, "")})
	execute(in, `(() => {
  const script = document.createElement('script');
  script.src = `+quote(bundle(n.URL, "/packs/js/sdk.js"))+`;
  script.async = true;
  script.onload = () => window.chatwootSDK.run(`+settings+`);
  document.head.appendChild(script);
})();`)
	return node.To("response", in.Payload), nil
}
