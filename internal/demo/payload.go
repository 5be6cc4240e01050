package demo

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
)

// Ids of the demo's sources.
const (
	Shop   = "demo-shop"
	App    = "demo-app"
	Server = "demo-server"
)

// Sources are what the demo's payloads come from.
func Sources() []tracardi.Source {
	source := func(id, name, channel, description string) tracardi.Source {
		return tracardi.Source{ID: id, Name: name, Description: description, Types: []string{tracardi.SourceREST}, Channel: channel, Enabled: true, Tags: []string{"demo"}}
	}
	return []tracardi.Source{
		source(Shop, "Demo web shop", "Web", "Pages of the invented shop."),
		source(App, "Demo app", "Mobile App", "The shop's app for phones and tablets."),
		source(Server, "Demo server", "Server", "The shop's server, which tells of orders."),
	}
}

// Payload is one request of a visitor, or of the shop's server on behalf of one.
type Payload struct {
	At        time.Time // when it would have been sent: the time of its last event
	Events    int
	UserAgent string
	Languages string
	Address   string // the visitor's

	body map[string]any
}

// Body is the payload in the tracker's dialect. profile is the id that the visitor's browser remembers, empty in a first visit.
func (p *Payload) Body(profile string) ([]byte, error) {
	if profile != "" {
		p.body["profile"] = map[string]any{"id": profile}
	}
	return json.Marshal(p.body)
}

// payloads makes the requests of a visit in the order of time: the first page at once, the orders by the shop's server, and the
// rest as one batch when the visitor leaves, as trackers do that save the phone's battery.
func (p Plan) payloads(v visit) []Payload {
	x := p.person(v.person)
	source := Shop
	if x.device.app && x.number%2 == 0 && v.number > 0 {
		source = App
	}
	site := "https://shop.example"
	var events, orders []any
	var lastOrder time.Time
	times := v.times(p.random(streamTimes, v.person, v.number))
	for i, a := range p.acts(&x, v) {
		event := map[string]any{
			"id": p.id("event", v.person, v.number, i), "type": a.kind, "properties": a.properties,
			"time": map[string]any{"insert": times[i].UTC().Format(time.RFC3339Nano)},
		}
		if a.server {
			orders, lastOrder = append(orders, event), times[i]
			continue
		}
		page := map[string]any{"url": site + a.page, "path": a.page, "title": a.title}
		if from := x.campaign(v); i == 0 && from != nil && from.referer != "" {
			page["referer"] = map[string]any{"host": from.referer}
		}
		event["context"] = map[string]any{"page": page}
		events = append(events, event)
	}
	request := func(source string, at time.Time, events []any, context map[string]any) Payload {
		return Payload{At: at, Events: len(events), UserAgent: x.agent(source), Languages: x.place.language, Address: x.address, body: map[string]any{
			"source": map[string]any{"id": source}, "session": map[string]any{"id": p.id("session", v.person, v.number)},
			"context": context, "events": events,
		}}
	}
	list := []Payload{request(source, times[0], events[:1], x.context(v, times[0]))}
	if len(events) > 1 {
		list = append(list, request(source, times[len(times)-1], events[1:], map[string]any{}))
	}
	if len(orders) > 0 {
		list = append(list, request(Server, lastOrder, orders, map[string]any{}))
	}
	slices.SortStableFunc(list, func(a, b Payload) int { return a.At.Compare(b.At) })
	return list
}

func (x *person) agent(source string) string {
	switch source {
	case App:
		return "ShopApp/3.2 " + x.device.agent
	case Server:
		return "shop-backend/1.4"
	}
	return x.device.agent
}

// context is what the tracker knows of the browser, the place and what brought the visitor.
func (x *person) context(v visit, at time.Time) map[string]any {
	context := map[string]any{
		"time":    map[string]any{"tz": x.place.zone, "local": at.UTC().Format(time.RFC3339)},
		"browser": map[string]any{"local": map[string]any{"browser": map[string]any{"language": x.place.language, "cookieEnabled": true, "onLine": true}, "device": map[string]any{"platform": x.device.platform}}},
		"screen":  map[string]any{"local": map[string]any{"width": x.device.width, "height": x.device.height, "colorDepth": 24}},
		"location": map[string]any{
			"country": map[string]any{"name": x.place.country, "code": x.place.code}, "city": x.place.city,
			"latitude": x.place.latitude, "longitude": x.place.longitude,
		},
	}
	if from := x.campaign(v); from != nil {
		context["utm"] = map[string]any{"source": from.source, "medium": from.medium, "campaign": from.name}
	}
	return context
}

// campaign is what brought the visitor; nil when nothing did.
func (x *person) campaign(v visit) *campaign {
	if n := (x.number*7 + v.number*3) % 12; n < len(campaigns) {
		return &campaigns[n]
	}
	return nil
}
