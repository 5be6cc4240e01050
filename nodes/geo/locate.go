package geo

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/call"
)

func init() {
	node.RegisterResource(node.ResourceType{
		ID: "geo-locator", Name: "MaxMind GeoIP", Icon: "map-search", Doc: "The web service of MaxMind that knows where internet addresses are.",
		New: func() any { return newLocator() },
	})
}

func init() {
	group.Register(node.Type{
		ID: "locate", Name: "Locate an address", Icon: "map-search",
		New:     func() node.Node { return &Locate{IP: node.ValueOf("event@request.headers.x-forwarded-for")} },
		Out:     []node.Port{{Name: "location", Doc: "The place."}},
		Aliases: []string{"tracardi.process_engine.action.v1.connectors.maxmind.geoip.plugin.GeoIPAction"},
		Examples: []node.Example{
			{
				Name: "by the web service", Config: `{"source": "maxmind", "ip": "81.2.69.160"}`, Port: "location",
				Result: `{"city": "London", "country": {"name": "United Kingdom", "code": "GB"}, "county": "England", "postal": "SW1", "latitude": 51.5142, "longitude": -0.0931}`,
			},
			{
				Name: "what the session tells", Config: `{"add_to_profile": true}`, Port: "location",
				Session: `{"device": {"geo": {"city": "Berlin", "country": {"name": "Germany", "code": "DE"}, "latitude": 52.52, "longitude": 13.405}}}`,
				Result:  `{"city": "Berlin", "country": {"name": "Germany", "code": "DE"}, "county": "", "postal": "", "latitude": 52.52, "longitude": 13.405}`,
				After:   map[string]string{"profile@data.devices.last.geo.city": `"Berlin"`},
			},
			{
				Name: "an address that nobody knows", Config: `{"source": "maxmind", "ip": "10.0.0.1"}`, Port: "error",
				Result: `{"message": "MaxMind answered 404 Not Found: {\"code\": \"IP_ADDRESS_NOT_FOUND\"}", "status": 404, "content": {"code": "IP_ADDRESS_NOT_FOUND"}}`,
			},
			{
				Name: "no address", Config: `{"source": "maxmind", "ip": "somewhere"}`, Port: "error",
				Result: `{"message": "\"somewhere\" is no internet address"}`,
			},
			{Name: "nobody knows where", Port: "error", Result: `{"message": "the session does not tell where it is"}`},
		},
	})
}

// Locator is a resource: an account of MaxMind.
type Locator struct {
	Host    string `json:"host" title:"Host" help:"geolite.info for the free data, geoip.maxmind.com for the paid." required:"true"`
	Account string `json:"accountId" title:"Account ID" help:"Of your account at MaxMind." required:"true"`
	License string `json:"license" title:"License key" help:"Made in the account." secret:"true" required:"true"`
}

func newLocator() *Locator { return &Locator{Host: "geolite.info"} }

func (l *Locator) request(address string) call.Request {
	return call.Request{System: "MaxMind", URL: "https://" + l.Host + "/geoip/v2.1/city/" + address, User: l.Account, Password: l.License}
}

// TestConnection implements node.ConnectionTester.
func (l *Locator) TestConnection(ctx context.Context, network node.Network) error {
	return call.Reach(ctx, network, l.request("me"))
}

// Locate tells where an internet address is, and goes on at the port location with {"city": "London", "country": {"name": "United
// Kingdom", "code": "GB"}, "county": "England", "postal": "SW1", "latitude": 51.5, "longitude": -0.1}.
//
// With a resource it asks the web service of MaxMind. Without one it takes the place of the session, which the program finds by itself
// when it has a geo database. What is not known is empty; an address that nobody knows goes on at the port error.
type Locate struct {
	Source node.Reference `json:"source" title:"MaxMind" help:"The resource with the account; empty for the place of the session." kind:"resource:geo-locator"`
	IP     node.Value     `json:"ip" title:"Address" help:"A place that holds it, or the address; where it is not in the data, that of the event is taken."`
	Store  bool           `json:"add_to_profile" title:"Store in the profile" help:"As the place of its last device."`
}

var lastPlace = node.PathTo("profile@data.devices.last.geo")

// Run implements node.Node.
func (n *Locate) Run(ctx context.Context, in *node.Input) (node.Output, error) {
	place, refusal, err := n.find(ctx, in)
	if err != nil || refusal.Results != nil {
		return refusal, err
	}
	found := map[string]any{
		"city": place.City, "country": map[string]any{"name": place.Country.Name, "code": place.Country.Code}, "county": place.County,
		"postal": place.Postal, "latitude": place.Latitude, "longitude": place.Longitude,
	}
	if n.Store {
		if err := lastPlace.Set(in, found); err != nil {
			return node.Output{}, err
		}
	}
	return node.To("location", found), nil
}

// find returns the place, or how the flow goes on without one.
func (n *Locate) find(ctx context.Context, in *node.Input) (place tracardi.Geo, refusal node.Output, err error) {
	if n.Source.ID == "" {
		session := in.Session()
		if session == nil || session.Device.Geo.Empty() {
			return place, node.Fail("the session does not tell where it is"), nil
		}
		return session.Device.Geo, refusal, nil
	}
	locator := newLocator()
	if err := in.Resource(ctx, n.Source.ID, locator); err != nil {
		return place, refusal, err
	}
	text, err := n.IP.Shape(in, expr.ReshapeOptions{UseDefault: true})
	if err != nil {
		return place, refusal, err
	}
	first, _ := text.(string)
	first, _, _ = strings.Cut(cmp.Or(first, in.Event().Metadata.IP), ",") // proxies add theirs behind it
	address, err := netip.ParseAddr(strings.TrimSpace(first))
	if err != nil {
		return place, node.Fail(fmt.Sprintf("%q is no internet address", first)), nil
	}
	answer, err := locator.request(address.WithZone("").String()).Do(ctx, in)
	if err != nil {
		return place, refusal, err
	}
	if !answer.OK() {
		return place, answer.Refuse(answer.Payload()), nil
	}
	return readPlace(answer.Content()), refusal, nil
}

// readPlace reads an answer of MaxMind.
func readPlace(content any) (place tracardi.Geo) {
	text := func(path ...string) string {
		value, _ := tracardi.Dig(content, path...)
		found, _ := value.(string)
		return found
	}
	place = tracardi.Geo{
		City: text("city", "names", "en"), Postal: text("postal", "code"),
		Country: tracardi.Country{Name: text("country", "names", "en"), Code: text("country", "iso_code")},
	}
	if divisions, _ := tracardi.Dig(content, "subdivisions"); divisions != nil {
		if list, ok := divisions.([]any); ok && len(list) > 0 {
			name, _ := tracardi.Dig(list[len(list)-1], "names", "en") // the most specific one
			place.County, _ = name.(string)
		}
	}
	latitude, _ := tracardi.Dig(content, "location", "latitude")
	longitude, _ := tracardi.Dig(content, "location", "longitude")
	place.Latitude, _ = latitude.(float64)
	place.Longitude, _ = longitude.(float64)
	return place
}
