package segment

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
)

const devicePrefix = "aid-" // begins the ids made of anonymous ids

// maker makes payloads of the messages of one request, in their order. Neighbours of one visitor share a payload.
type maker struct {
	hasher   *identity.Hasher
	source   string
	way      string
	request  tracardi.Request
	envelope envelope

	payloads []payload
	last     map[string]int // id of a visitor or a group → the last payload that has it
}

// payload is one of a request's.
type payload struct {
	*tracardi.Payload
	messages []int // their indexes in the request
	after    []int // payloads of the request that come first, since they are about the same people or groups
}

// add decodes a message, whose index in the request is given.
func (k *maker) add(index int, text []byte) error {
	m, err := k.envelope.read(text)
	if err != nil {
		return err
	}
	at, err := k.envelope.happened(m)
	if err != nil {
		return err
	}
	event := tracardi.NewEvent{Type: m.Event, Insert: at, Context: pageContext(m)}
	if m.MessageID != "" {
		event.ID = k.hasher.ID("", "event", k.source, m.MessageID)
		event.Options = tracardi.RawObject(string(append(tracardi.AppendText([]byte(`{"messageId":`), m.MessageID), '}')))
	}
	if !m.Integrations.Empty() {
		event.Options.Set(m.Integrations.Map(), "integrations")
	}
	m.describe(&event)
	k.put(index, m, event)
	return nil
}

// describe gives the event its type and properties.
func (m *message) describe(event *tracardi.NewEvent) {
	event.Properties = m.Properties
	set := func(name, value string) {
		if value != "" {
			event.Properties.Set(value, name)
		}
	}
	switch m.Type {
	case "identify":
		traits := m.Traits
		if traits.Empty() { // RudderStack's clients put them there
			traits = m.Context.Object("traits")
		}
		event.Type, event.Properties = typeIdentify, facts(string(m.UserID), &traits)
	case "page", "screen":
		event.Type = typePage
		if m.Type == "screen" {
			event.Type = typeScreen
		}
		set("name", m.Name)
		set("category", m.Category)
	case "group":
		event.Type, event.Properties = typeGroup, tracardi.Object{}
		set("id", string(m.GroupID))
		event.Properties.Set(m.Traits.Map(), "traits")
	case "alias":
		event.Type = typeAlias
		set("user_id", string(m.UserID))
		set("previous_id", string(m.PreviousID))
	case "merge":
		event.Type = typeMerge
		for _, p := range m.MergeProperties {
			set(p.Type, string(p.Value))
		}
	}
}

// known returns the ids of the visitor, the strongest first.
func (k *maker) known(m *message) (ids []string) {
	user := func(value id) {
		if value != "" {
			ids = append(ids, k.hasher.ID(identity.UserPrefix, string(value)))
		}
	}
	device := func(value id) {
		if value != "" {
			ids = append(ids, k.hasher.ID(devicePrefix, string(value)))
		}
	}
	for _, p := range m.MergeProperties {
		field := map[string]string{"email": "data.contact.email.main", "phone": "data.contact.phone.main", "mobile": "data.contact.phone.main"}[p.Type]
		switch hashed, ok := k.hasher.Hash(field, string(p.Value)); {
		case ok:
			ids = append(ids, hashed)
		case p.Type == "userId":
			user(p.Value)
		case p.Type == "anonymousId":
			device(p.Value)
		default:
			ids = append(ids, k.hasher.ID("mid-", p.Type, string(p.Value)))
		}
	}
	if m.Type == "merge" {
		return ids
	}
	user(m.UserID)
	if m.Type == "alias" {
		user(m.PreviousID)
		device(m.PreviousID)
	}
	device(m.AnonymousID)
	return ids
}

// session is the client's own, or else one for each device or account of the source. Clients number sessions by the clock, so
// that the visitor belongs to the id.
func (k *maker) session(m *message, known []string) string {
	visitor := known[0]
	if m.AnonymousID != "" && m.Type != "merge" {
		visitor = k.hasher.ID(devicePrefix, string(m.AnonymousID))
	}
	told, _ := m.Context.Get("sessionId")
	return k.hasher.ID("", "session", k.source, visitor, string(tracardi.AppendValue(nil, told)))
}

// put adds the event to the payload of its visitor, unless another one that shares an id with it came in between.
func (k *maker) put(index int, m *message, event tracardi.NewEvent) {
	known := k.known(m)
	session := k.session(m, known)
	about := known
	if m.Type == "group" {
		about = append(slices.Clip(known), "group:"+string(m.GroupID))
	}
	at, seen := k.last[known[0]]
	if seen {
		p := k.payloads[at]
		seen = p.Session == session && slices.Equal(p.Known, known)
		for _, who := range about {
			seen = seen && k.last[who] <= at
		}
	}
	if !seen {
		at = len(k.payloads)
		k.payloads = append(k.payloads, payload{
			Payload: &tracardi.Payload{Session: session, Known: known, Way: k.way, Request: k.visitorRequest(m)},
		})
	}
	p := &k.payloads[at]
	for _, who := range about {
		k.follow(p, at, who)
	}
	p.Events = append(p.Events, event)
	p.Context.Merge(sessionContext(m))
	p.messages = append(p.messages, index)
}

// follow puts a payload behind the last one that has to do with the same person or group.
func (k *maker) follow(p *payload, at int, who string) {
	if before, seen := k.last[who]; seen && before != at && !slices.Contains(p.after, before) {
		p.after = append(p.after, before)
	}
	k.last[who] = at
}

// visitorRequest is what is known of the visitor's own request. A browser sends itself; for everything else speaks the context,
// since a server that passes events on has an address and an agent of its own.
func (k *maker) visitorRequest(m *message) tracardi.Request {
	r := k.request
	if !strings.HasPrefix(r.UserAgent, "Mozilla/") {
		r = tracardi.Request{}
	}
	told := func(into *string, name string) {
		if text := m.Context.Text(name); text != "" && len(text) <= 1024 {
			*into = text
		}
	}
	told(&r.IP, "ip")
	told(&r.UserAgent, "userAgent")
	if r.Languages == "" {
		told(&r.Languages, "locale")
	}
	return r
}

// sessionContext is what the context says of the visit, in the names that the stages know.
func sessionContext(m *message) tracardi.Object {
	tree := map[string]any{}
	if zone := m.Context.Text("timezone"); zone != "" {
		tree["time"] = map[string]any{"tz": zone}
	}
	if told, _ := m.Context.Get("campaign"); told != nil {
		if campaign, ok := told.(map[string]any); ok {
			tree["utm"] = map[string]any{
				"source": campaign["source"], "medium": campaign["medium"], "campaign": campaign["name"],
				"term": campaign["term"], "content": campaign["content"],
			}
		}
	}
	if place, _ := m.Context.Get("location"); place != nil {
		tree["location"] = tracardi.Clone(place)
	}
	if device := m.Context.Object("device"); !device.Empty() {
		tree["device"] = map[string]any{"name": device.Text("name"), "brand": device.Text("manufacturer"), "model": device.Text("model")}
	}
	if screen, _ := m.Context.Get("screen"); screen != nil {
		tree["screen"] = map[string]any{"local": tracardi.Clone(screen)}
	}
	if address := m.Context.Text("page", "url"); address != "" {
		tree["page"] = map[string]any{"url": address}
	}
	return tracardi.NewObject(tree)
}

// pageContext is the context of the event, with its page in the names that the stages know. A page call says the page itself.
func pageContext(m *message) tracardi.Object {
	context := m.Context.Clone()
	page := context.Object("page")
	if m.Type == "page" {
		for _, name := range []string{"url", "title", "path", "referrer", "search"} {
			if text := m.Properties.Text(name); text != "" {
				page.Set(text, name)
			}
		}
	}
	if page.Empty() {
		return context
	}
	if referrer, err := url.Parse(page.Text("referrer")); err == nil && referrer.Host != "" {
		page.Set(map[string]any{"host": referrer.Host}, "referer")
	}
	context.Set(page.Map(), "page")
	return context
}
