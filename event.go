package tracardi

import (
	"strings"
	"time"
	"unicode"
)

// Event is something that happened, as it is stored.
type Event struct {
	ID         string
	Name       string // made from the type: "page-view" is "Page View"
	Type       string // lower case, dashes for blanks
	Metadata   EventMetadata
	Source     Ref
	Session    EventSession
	Profile    ProfileRef
	Properties Object
	Context    Object
	Traits     Object
	Data       Object
	Config     Object // the options it was sent with
	Tags       []string
	Device     Device
	OS         OS
	App        App
	UTM        UTM
	Hit        Hit
	Journey    string // state of the customer's journey
	Aux        Object
	Trash      Object

	Given   bool // the client gave the id, so it may come again; not stored
	Dropped bool // a flow wants it not to be kept; not stored
}

// States of an event.
const (
	EventCollected = "collected"
	EventProcessed = "processed"
)

// EventMetadata says when and how an event came in and what was done with it.
type EventMetadata struct {
	Insert      time.Time // when it happened, as far as the sender says; else when it came in
	Create      time.Time // when the client made it; zero if not told
	Update      time.Time
	ProcessTime float64 // seconds spent in flows
	TotalTime   float64 // seconds from the receipt until it went to the store
	IP          string
	Channel     string
	Status      string // collected or processed
	Rules       []string
	Flows       []string
	ThirdParty  []string
	ProfileLess bool
	Debug       bool
	Error       bool
	Warning     bool
	Merge       bool
	Invalid     bool
	Instance    string // id of the process
	Aux         Object
}

// EventSession is the session of an event at that moment.
type EventSession struct {
	ID       string
	Start    time.Time
	Duration float64 // seconds
	TZ       string
}

// Hit is the page or screen that an event came from.
type Hit struct {
	ID, Name, URL, Referer, Query, Category string
}

// AppendJSON appends the stored form of the event.
func (e *Event) AppendJSON(dst []byte) []byte {
	w := writer(append(dst, '{'))
	w.text("id", e.ID)
	w.text("name", e.Name)
	w.text("type", e.Type)
	e.appendMetadata(&w)
	w.begin("source")
	w.text("id", e.Source.ID)
	w.end()
	if e.Session.ID != "" {
		w.begin("session")
		w.text("id", e.Session.ID)
		w.time("start", e.Session.Start)
		w.number("duration", e.Session.Duration)
		w.text("tz", e.Session.TZ)
		w.end()
	}
	w.profile(e.Profile)
	w.object("properties", &e.Properties)
	w.object("context", &e.Context)
	w.object("traits", &e.Traits)
	w.object("data", &e.Data)
	w.object("config", &e.Config)
	if len(e.Tags) > 0 {
		w.begin("tags")
		w.texts("values", e.Tags)
		w.integer("count", len(e.Tags))
		w.end()
	}
	w.visit(&e.Device, e.OS, e.App, e.UTM)
	if e.Hit != (Hit{}) {
		w.begin("hit")
		w.text("id", e.Hit.ID)
		w.text("name", e.Hit.Name)
		w.text("url", e.Hit.URL)
		w.text("referer", e.Hit.Referer)
		w.text("query", e.Hit.Query)
		w.text("category", e.Hit.Category)
		w.end()
	}
	if e.Journey != "" {
		w.begin("journey")
		w.text("state", e.Journey)
		w.end()
	}
	w.object("aux", &e.Aux)
	w.object("trash", &e.Trash)
	return append(w, '}')
}

func (e *Event) appendMetadata(w *writer) {
	m := &e.Metadata
	w.begin("metadata")
	w.begin("time")
	w.time("insert", m.Insert)
	w.time("create", m.Create)
	w.time("update", m.Update)
	w.number("process_time", m.ProcessTime)
	w.number("total_time", m.TotalTime)
	w.end()
	w.text("ip", m.IP)
	w.text("channel", m.Channel)
	w.text("status", m.Status)
	if len(m.Rules)+len(m.Flows)+len(m.ThirdParty) > 0 {
		w.begin("processed_by")
		w.texts("rules", m.Rules)
		w.texts("flows", m.Flows)
		w.texts("third_party", m.ThirdParty)
		w.end()
	}
	w.flag("profile_less", m.ProfileLess)
	w.flag("debug", m.Debug)
	w.flag("error", m.Error)
	w.flag("warning", m.Warning)
	w.flag("merge", m.Merge)
	w.name("valid")
	if m.Invalid {
		*w = append(*w, "false"...)
	} else {
		*w = append(*w, "true"...)
	}
	if m.Instance != "" {
		w.begin("instance")
		w.text("id", m.Instance)
		w.end()
	}
	w.object("aux", &m.Aux)
	w.end()
}

// EventTypeOf writes a type the way events are stored under it and types are compared: in lower case, with dashes for blanks.
func EventTypeOf(given string) string {
	given = strings.TrimSpace(given)
	if strings.IndexFunc(given, func(r rune) bool { return unicode.IsSpace(r) || unicode.ToLower(r) != r }) < 0 {
		return given
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '-'
		}
		return unicode.ToLower(r)
	}, given)
}
