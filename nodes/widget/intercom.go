package widget

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "intercom", Name: "Intercom widget", Icon: "message-circle-user",
		New:      func() node.Node { return &Intercom{} },
		Out:      []node.Port{{Name: "response", Doc: "The chat is in the answer."}},
		Aliases:  []string{"com_tracardi.action.v1.ux.chats.intercom.plugin.IntercomWidgetPlugin"},
		Examples: []node.Example{{Name: "a chat", Config: `{"app_id": "abc123"}`, Payload: `{"a": 1}`, Port: "response"}},
	})
}

// Intercom adds the chat of Intercom to the page that sent the event.
type Intercom struct {
	AppID string `json:"app_id" title:"App id" help:"From the settings of Intercom." required:"true"`
}

// Run implements node.Node.
func (n *Intercom) Run(_ context.Context, in *node.Input) (node.Output, error) {
	execute(in, `window.intercomSettings = `+quote(map[string]string{"app_id": n.AppID})+`;
if (typeof window.Intercom === 'function') {
  window.Intercom('update', window.intercomSettings);
} else {
  const queue = (...args) => queue.c(args);
  queue.q = [];
  queue.c = (args) => queue.q.push(args);
  window.Intercom = queue;
}`)
	load(in, "https://widget.intercom.io/widget/"+url.PathEscape(n.AppID))
	return node.To("response", in.Payload), nil
}
