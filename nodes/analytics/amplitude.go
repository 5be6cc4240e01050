package analytics

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	group.Register(node.Type{
		ID: "amplitude", Name: "Tell Amplitude", Icon: "wave-sine",
		New:  func() node.Node { return &Amplitude{URL: "https://api2.amplitude.com/2/httpapi", Timeout: 15} },
		Out:  []node.Port{{Name: "response", Doc: "Amplitude has the event."}},
		Acts: true, Background: true, Repeatable: true,
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.amplitude.send_events.plugin.AmplitudeSendEvent"},
		Examples: []node.Example{
			{
				Name:    "a page view",
				Config:  `{"source": "amplitude", "city": "session@device.geo.city", "user_properties": "profile@traits"}`,
				Event:   `{"properties": {"page": "/shoes"}, "metadata": {"ip": "192.0.2.7"}}`,
				Profile: `{"traits": {"color": "red"}}`,
				Port:    "response",
				Result:  `{"status": 200, "content": {"code": 200}}`,
			},
			{
				Name:    "a refusal",
				Config:  `{"source": "amplitude", "event_type": "wrong"}`,
				Profile: `null`,
				Session: `null`,
				Port:    "error",
				Result:  `{"message": "Amplitude answered 400 Bad Request: {\"code\": 400}", "status": 400, "content": {"code": 400}}`,
			},
		},
	})
}

// Amplitude tells Amplitude of the event. What Amplitude answers goes on at the port response, as {"status": 200, "content": {"code":
// 200}}; a refusal goes on at the port error. All settings but the resource may be empty: the event has its own type, properties,
// time, person and session then, and what is not in the data is left out. Amplitude counts an event that it is told of again once.
type Amplitude struct {
	Source             node.Reference `json:"source" title:"Amplitude" help:"The resource with the key." kind:"resource:amplitude" required:"true"`
	URL                string         `json:"url" title:"URL" help:"https://api.eu.amplitude.com/2/httpapi where the data is kept in Europe." required:"true"`
	Timeout            int            `json:"timeout" title:"Timeout" help:"Seconds to wait for the answer." min:"1" max:"30"`
	EventType          node.Value     `json:"event_type" title:"Type" help:"Of the event; empty for its own."`
	EventProperties    node.Value     `json:"event_properties" title:"Event properties" help:"A place that holds an object; empty for those of the event."`
	UserProperties     node.Value     `json:"user_properties" title:"User properties" help:"A place that holds an object, such as profile@traits."`
	Groups             node.Value     `json:"groups" title:"Groups" help:"A place that holds an object of groups."`
	IP                 node.Value     `json:"ip" title:"IP" help:"An internet address, or a place that holds it."`
	LocationLat        node.Value     `json:"location_lat" title:"Latitude" help:"Degrees, or a place that holds it."`
	LocationLng        node.Value     `json:"location_lng" title:"Longitude" help:"Degrees, or a place that holds it."`
	RevenueType        node.Value     `json:"revenueType" title:"Kind of revenue" help:"Such as refund, or a place that holds it."`
	ProductID          node.Value     `json:"productId" title:"Product" help:"Its id, or a place that holds it."`
	Revenue            node.Value     `json:"revenue" title:"Revenue" help:"A number, or a place that holds it."`
	Quantity           node.Value     `json:"quantity" title:"Quantity" help:"A number, or a place that holds it."`
	Price              node.Value     `json:"price" title:"Price" help:"A number, or a place that holds it."`
	Language           node.Value     `json:"language" title:"Language" help:"Such as German, or a place that holds it."`
	DMA                node.Value     `json:"dma" title:"Market area" help:"Its name, or a place that holds it."`
	City               node.Value     `json:"city" title:"City" help:"Its name, or a place that holds it."`
	Region             node.Value     `json:"region" title:"Region" help:"Its name, or a place that holds it."`
	Country            node.Value     `json:"country" title:"Country" help:"Its name, or a place that holds it."`
	Carrier            node.Value     `json:"carrier" title:"Carrier" help:"Of the phone, or a place that holds it."`
	DeviceModel        node.Value     `json:"device_model" title:"Model" help:"Of the device, or a place that holds it."`
	DeviceManufacturer node.Value     `json:"device_manufacturer" title:"Manufacturer" help:"Of the device, or a place that holds it."`
	DeviceBrand        node.Value     `json:"device_brand" title:"Brand" help:"Of the device, or a place that holds it."`
	OSVersion          node.Value     `json:"os_version" title:"System version" help:"Such as 17.1, or a place that holds it."`
	OSName             node.Value     `json:"os_name" title:"System" help:"Such as iOS, or a place that holds it."`
	Platform           node.Value     `json:"platform" title:"Platform" help:"Such as Web, or a place that holds it."`
}

// Run implements node.Node.
func (n *Amplitude) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	project := &AmplitudeProject{}
	if err := in.Resource(ctx, n.Source.ID, project); err != nil {
		return node.Output{}, err
	}
	own := in.Event()
	event := map[string]any{
		"event_type": own.Type, "event_properties": own.Properties.Map(), "insert_id": own.ID, "time": own.Metadata.Insert.UnixMilli(), "user_id": person(in),
	}
	if session := in.Session(); session != nil {
		event["session_id"] = session.Metadata.Time.Insert.UnixMilli()
	}
	if own.Metadata.IP != "" {
		event["ip"] = own.Metadata.IP
	}
	for name, value := range n.more() {
		made, err := known(in, value)
		if err != nil {
			return node.Output{}, err
		}
		if made != nil && made != "" {
			event[name] = made
		}
	}
	return call.Request{
		System: "Amplitude", URL: n.URL, JSON: map[string]any{"api_key": project.Token, "events": []any{event}}, Timeout: time.Duration(n.Timeout) * time.Second,
	}.Output(ctx, in, "response")
}

// more are the settings by the names of the fields that Amplitude has for them.
func (n *Amplitude) more() map[string]node.Value {
	return map[string]node.Value{
		"event_type": n.EventType, "event_properties": n.EventProperties, "user_properties": n.UserProperties, "groups": n.Groups,
		"ip":                  n.IP,
		"location_lat":        n.LocationLat,
		"location_lng":        n.LocationLng,
		"revenueType":         n.RevenueType,
		"productId":           n.ProductID,
		"revenue":             n.Revenue,
		"quantity":            n.Quantity,
		"price":               n.Price,
		"language":            n.Language,
		"dma":                 n.DMA,
		"city":                n.City,
		"region":              n.Region,
		"country":             n.Country,
		"carrier":             n.Carrier,
		"device_model":        n.DeviceModel,
		"device_manufacturer": n.DeviceManufacturer,
		"device_brand":        n.DeviceBrand,
		"os_version":          n.OSVersion,
		"os_name":             n.OSName,
		"platform":            n.Platform,
	}
}

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "amplitude", Name: "Amplitude", Icon: "wave-sine", Doc: "A project of Amplitude.",
		New: func() any { return &AmplitudeProject{} },
	})
}

// AmplitudeProject is a resource.
type AmplitudeProject struct {
	Token string `json:"token" title:"API key" help:"Of the project." secret:"true" required:"true"`
}
