package analytics

import (
	"context"
	"net/url"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "google", Name: "Tell Google Analytics", Icon: "brand-google-analytics",
		New:  func() node.Node { return &Google{} },
		Out:  []node.Port{{Name: "response", Doc: "Google has the event."}},
		Acts: true, Background: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.google.analytics_v4.plugin.GoogleAnalyticsV4EventTrackerAction"},
		Import:  node.FromJSONText("params"),
		Examples: []node.Example{
			{
				Name:   "a purchase",
				Config: `{"source": "google", "name": "purchase", "params": {"value": "event@properties.price"}}`,
				Event:  `{"properties": {"price": 12}}`,
				Port:   "response",
				Result: `{"status": 204, "content": null}`,
			},
			{
				Name:    "a refusal",
				Config:  `{"source": "google", "name": "wrong"}`,
				Profile: `null`,
				Port:    "error",
				Result:  `{"message": "Google Analytics answered 413 Request Entity Too Large", "status": 413, "content": null}`,
			},
		},
	})
}

// Google tells Google Analytics 4 of the event. Google takes it without a word, even when the key is wrong: the payload at the port
// response is {"status": 204, "content": null}. Texts in the parameters such as event@properties.price stand for what is there.
type Google struct {
	Source node.Reference `json:"source" title:"Google Analytics" help:"The resource with the key." kind:"resource:google" required:"true"`
	Name   node.Value     `json:"name" title:"Name" help:"Of the event in Google Analytics, such as purchase, or a place that holds it." required:"true"`
	Params node.Value     `json:"params" title:"Parameters" help:"Of the event, such as {\"value\": \"event@properties.price\"}."`
}

// Run implements node.Node.
func (n *Google) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	property := &GoogleProperty{}
	if err := in.Resource(ctx, n.Source.ID, property); err != nil {
		return node.Output{}, err
	}
	name, err := n.Name.Text(in)
	if err != nil {
		return node.Output{}, err
	}
	params, err := n.Params.Resolve(in)
	if err != nil {
		return node.Output{}, err
	}
	if params == nil {
		params = map[string]any{}
	}
	body := map[string]any{
		"client_id": person(in), "timestamp_micros": in.Event().Metadata.Insert.UnixMicro(), "events": []any{map[string]any{"name": name, "params": params}},
	}
	if profile := in.Profile(); profile != nil {
		body["user_id"] = profile.ID
	}
	return call.Request{
		System: "Google Analytics", URL: "https://www.google-analytics.com/mp/collect", JSON: body,
		Query: url.Values{"measurement_id": {property.ID}, "api_secret": {property.Key}},
	}.Output(ctx, in, "response")
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "google", Name: "Google Analytics 4", Icon: "brand-google-analytics", Doc: "A web stream of Google Analytics 4.",
		New: func() any { return &GoogleProperty{} },
	})
}

// GoogleProperty is a resource.
type GoogleProperty struct {
	Key string `json:"api_key" title:"API secret" help:"Of the measurement protocol, made in the stream's settings." secret:"true" required:"true"`
	ID  string `json:"measurement_id" title:"Measurement id" help:"Begins with G-." required:"true"`
}
