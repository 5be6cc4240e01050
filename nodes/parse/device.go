package parse

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go/internal/useragent"
	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "device", Name: "Detect device", Icon: "devices",
		New:     func() node.Node { return &Device{Agent: node.ValueOf("session@context.browser.browser.userAgent")} },
		Aliases: []string{"tracardi.process_engine.action.v1.detect_client_agent_action.DetectClientAgentAction"},
		Examples: []node.Example{
			{
				Name: "a phone", Config: `{"agent": "event@properties.agent"}`, Port: "payload",
				Event: `{"properties": {"agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1"}}`,
				Result: `{"status": {"code": 200, "message": "OK"}, "device": {"model": {"name": "iPhone", "brand": {"name": "Apple"}, "type": "mobile"},
					"os": {"name": "iOS", "version": "17.1"}, "client": {"type": "browser", "name": "Mobile Safari", "version": "17.1", "engine": "Unknown"},
					"type": {"mobile": true, "desktop": false, "bot": false, "tv": false}}}`,
			},
			{
				Name: "what the session tells", Session: `{"app": {"type": "browser", "name": "Firefox", "version": "121.0"}, "os": {"name": "Ubuntu"}, "device": {"type": "pc"}}`,
				Port: "payload",
				Result: `{"status": {"code": 200, "message": "OK"}, "device": {"model": {"name": "Unknown", "brand": {"name": "Unknown"}, "type": "pc"},
					"os": {"name": "Ubuntu", "version": "Unknown"}, "client": {"type": "browser", "name": "Firefox", "version": "121.0", "engine": "Unknown"},
					"type": {"mobile": false, "desktop": true, "bot": false, "tv": false}}}`,
			},
			{
				Name: "nobody knows", Session: "null", Port: "payload",
				Result: `{"status": {"code": 500, "message": "session@context.browser.browser.userAgent is missing in the data"},
					"device": {"model": {"name": "Unknown", "brand": {"name": "Unknown"}, "type": "Unknown"},
					"os": {"name": "Unknown", "version": "Unknown"}, "client": {"type": "Unknown", "name": "Unknown", "version": "Unknown", "engine": "Unknown"},
					"type": {"mobile": false, "desktop": false, "bot": false, "tv": false}}}`,
			},
		},
	})
}

// Device tells a visitor's device, system and program by the user agent. The payload is then {"status": {"code": 200, "message": "OK"},
// "device": {"model": {"name", "brand": {"name"}, "type"}, "os": {"name", "version"}, "client": {"type", "name", "version", "engine"},
// "type": {"mobile", "desktop", "bot", "tv"}}}. What is not known is Unknown; the engine never is.
//
// When there is no user agent, what the session tells of its device is taken; without that, the status is 500 and says why.
type Device struct {
	Agent node.Value `json:"agent" title:"User agent" help:"A place that holds it, or the user agent itself." required:"true"`
}

// Run implements node.Node.
func (n *Device) Run(_ context.Context, in *node.Input) (node.Output, error) {
	text, problem := n.Agent.Text(in)
	code, message := 200, "OK"
	var agent useragent.Agent
	if problem == nil {
		var err error
		if agent, err = useragent.Shared().Read(text); err != nil {
			return node.Output{}, err
		}
	} else if s := in.Session(); s != nil && s.App.Name != "" {
		agent = useragent.Agent{OS: s.OS, Device: s.Device, App: s.App}
	} else {
		code, message = 500, problem.Error()
	}
	return node.To("payload", map[string]any{
		"status": map[string]any{"code": code, "message": message}, "device": described(agent, strings.Contains(text, "TV")),
	}), nil
}

func described(a useragent.Agent, tv bool) map[string]any {
	client := a.App.Type
	if a.App.Name == "" {
		client = ""
	}
	return map[string]any{
		"model":  map[string]any{"name": known(a.Device.Name), "brand": map[string]any{"name": known(a.Device.Brand)}, "type": known(a.Device.Type)},
		"os":     map[string]any{"name": known(a.OS.Name), "version": known(a.OS.Version)},
		"client": map[string]any{"type": known(client), "name": known(a.App.Name), "version": known(a.App.Version), "engine": known("")},
		"type": map[string]any{
			"mobile":  a.Device.Type == useragent.Mobile || a.Device.Type == useragent.Tablet,
			"desktop": a.Device.Type == useragent.PC, "bot": a.App.Bot, "tv": tv,
		},
	}
}

func known(text string) string {
	if text == "" {
		return "Unknown"
	}
	return text
}
