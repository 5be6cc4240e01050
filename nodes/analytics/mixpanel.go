package analytics

import (
	"context"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "mixpanel", Name: "Tell Mixpanel", Icon: "chart-dots",
		New:  func() node.Node { return &Mixpanel{} },
		Out:  []node.Port{{Name: "success", Doc: "Mixpanel has the event."}},
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.mixpanel.send.plugin.MixPanelSender"},
		Examples: []node.Example{
			{
				Name:    "a page view",
				Config:  `{"source": "mixpanel", "mapping": {"page": "event@properties.page"}}`,
				Event:   `{"properties": {"page": "/shoes"}}`,
				Payload: `{"a": 1}`,
				Port:    "success",
			},
			{
				Name:   "a refusal",
				Config: `{"source": "mixpanel"}`,
				Event:  `{"id": "wrong"}`,
				Port:   "error",
				Result: `{"message": "Mixpanel answered 200 OK: {\"status\": 0, \"error\": \"no\"}", "status": 200, "content": {"status": 0,
					"error": "no"}}`,
			},
		},
	})
}

// Mixpanel tells Mixpanel of the event, under the id of the profile. The payload goes on at the port success; a refusal goes on at
// the port error. Mixpanel counts an event that it is told of again once.
type Mixpanel struct {
	Source  node.Reference `json:"source" title:"Mixpanel" help:"The resource with the token." kind:"resource:mixpanel" required:"true"`
	Mapping node.Value     `json:"mapping" title:"Properties" help:"Of the event in Mixpanel, such as {\"price\": \"event@properties.price\"}."`
}

// Run implements node.Node.
func (n *Mixpanel) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	project := &MixpanelProject{}
	if err := in.Resource(ctx, n.Source.ID, project); err != nil {
		return node.Output{}, err
	}
	made, err := n.Mapping.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	event := in.Event()
	properties := map[string]any{}
	if object, ok := made.(map[string]any); ok {
		properties = object
	}
	properties["token"], properties["distinct_id"], properties["$insert_id"] = project.Token, person(in), event.ID
	properties["time"] = event.Metadata.Insert.Unix()
	answer, err := call.Request{
		System: "Mixpanel", URL: project.url("api") + "/track?verbose=1", JSON: []any{map[string]any{"event": event.Type, "properties": properties}},
	}.Do(ctx, in)
	if err != nil {
		return node.Output{}, err
	}
	if status, told := tracardi.Dig(answer.Content(), "status"); !answer.OK() || told && status != 1.0 {
		return answer.Refuse(answer.Payload()), nil
	}
	return node.To("success", in.Payload), nil
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "mixpanel", Name: "Mixpanel", Icon: "chart-dots", Doc: "A project of Mixpanel.",
		New: func() any { return &MixpanelProject{} },
	})
}

// MixpanelProject is a resource.
type MixpanelProject struct {
	Token    string `json:"token" title:"Project token" help:"From the settings of the project." secret:"true" required:"true"`
	Server   string `json:"server_prefix" title:"Server" help:"EU where the data is kept in Europe, IN in India, else US." enum:"US,EU,IN"`
	Username string `json:"username" title:"Service account" help:"Its user name; for reading funnels."`
	Password string `json:"password" title:"Secret" help:"Of the service account." secret:"true"`
}

// url is where the project is served; host is api for sending, empty for reading.
func (p *MixpanelProject) url(host string) string {
	region := strings.ToLower(p.Server)
	switch {
	case region == "" || region == "us":
		return "https://" + strings.TrimPrefix(host+".", ".") + "mixpanel.com"
	case host == "":
		return "https://" + region + ".mixpanel.com"
	}
	return "https://" + host + "-" + region + ".mixpanel.com"
}
