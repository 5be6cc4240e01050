package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "livechat", Name: "LiveChat widget", Icon: "message-dots",
		New:      func() node.Node { return &LiveChat{} },
		Out:      []node.Port{{Name: "response", Doc: "The chat is in the answer."}},
		Aliases:  []string{"com_tracardi.action.v1.ux.chats.livechat.plugin.LiveChatWidgetPlugin"},
		Examples: []node.Example{{Name: "a chat", Config: `{"license": "1234567"}`, Payload: `{"a": 1}`, Port: "response"}},
	})
}

// LiveChat adds the chat of LiveChat to the page that sent the event.
type LiveChat struct {
	License string `json:"license" title:"License" help:"The number of your licence." required:"true"`
}

// Run implements node.Node.
func (n *LiveChat) Run(_ context.Context, in *node.Input) (node.Output, error) {
	execute(in, `window.__lc = Object.assign(window.__lc || {}, {license: Number(`+quote(n.License)+`)});`)
	load(in, "https://cdn.livechatinc.com/tracking.js")
	return node.To("response", in.Payload), nil
}
