package widget

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "openreplay", Name: "OpenReplay", Icon: "player-record",
		New:      func() node.Node { return &OpenReplay{URL: "https://static.openreplay.com/latest/openreplay.js"} },
		Aliases:  []string{"com_tracardi.action.v1.ux.open_replay.plugin.OpenReplayPlugin"},
		Examples: []node.Example{{Name: "record the visit", Config: `{"token": "abc"}`, Payload: `{"a": 1}`, Port: "payload"}},
	})
}

// OpenReplay records what the visitor does in the page with OpenReplay, under the id of the profile. Such a recording is
// personal data: ask for consent first.
type OpenReplay struct {
	Token string `json:"token" title:"Project key" help:"From the settings of the project in OpenReplay." required:"true"`
	URL   string `json:"script_url" title:"Script" help:"The address of the recorder." required:"true"`
}

// Check implements node.Checker.
func (n *OpenReplay) Check() error { return addresses(map[string]string{"script_url": n.URL}) }

// Run implements node.Node.
func (n *OpenReplay) Run(_ context.Context, in *node.Input) (node.Output, error) {
	user := ""
	if profile := in.Profile(); profile != nil {
		user = profile.ID
	}
	// What the recorder expects to find: its settings, then a queue of calls, the first of which starts it.
	execute(in, `if (!window.OpenReplay) {
  const settings = `+quote(map[string]string{"projectKey": n.Token})+`;
  const start = `+quote(map[string]string{"userID": user})+`;
  window.OpenReplay = [start, undefined, settings, [0, start]];
  const script = document.createElement('script');
  script.src = `+quote(n.URL)+`;
  script.async = true;
  document.head.appendChild(script);
}`)
	return node.To("payload", in.Payload), nil
}
