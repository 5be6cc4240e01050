package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/eventtype"
	"github.com/tracardi/tracardi-go/storage"
)

// Story tells what happened to a stored event, in the order in which it happened.
type Story struct {
	Received     Received     `json:"received"`
	Checked      Checked      `json:"checked"`
	Mapped       []MappedTo   `json:"mapped" nullable:"false" doc:"What was copied out of the event, in order."`
	Identity     Identity     `json:"identity"`
	Session      *SessionThen `json:"session,omitempty" doc:"Left out for an event without a session."`
	Flows        []FlowPassed `json:"flows" nullable:"false" doc:"The flows that it went through."`
	Destinations []SentTo     `json:"destinations" nullable:"false" doc:"The places that it was sent to."`
	Stored       StoredAs     `json:"stored"`
}

// Received tells how an event came in.
type Received struct {
	At      time.Time     `json:"at" doc:"When it happened, as far as the sender said; else when it came in."`
	Created *time.Time    `json:"created,omitempty" doc:"When the client says that it made it."`
	Source  SourceOfEvent `json:"source"`
	Channel string        `json:"channel,omitempty"`
	IP      string        `json:"ip,omitempty"`
}

// SourceOfEvent is the source as it is today.
type SourceOfEvent struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty" doc:"Left out when there is no such source any more."`
	Enabled bool   `json:"enabled"`
	System  bool   `json:"system" doc:"The program itself made the event."`
}

// Checked tells what became of the checks.
type Checked struct {
	Valid    bool   `json:"valid"`
	Warning  bool   `json:"warning" doc:"Something of it could not be used."`
	Error    bool   `json:"error" doc:"Something failed that was to be done with it."`
	Known    bool   `json:"known" doc:"Its type is a predefined one."`
	TypeName string `json:"type_name,omitempty" doc:"The name of the predefined type."`
}

// MappedTo is a value that went from the event somewhere.
type MappedTo struct {
	Target     string `json:"target" enum:"event,profile"`
	From       string `json:"from,omitempty" doc:"The field of the event; left out when the event type gives the value."`
	To         string `json:"to"`
	Operation  string `json:"operation" doc:"How the value is used: copy, equals, equals_if_not_exists, append, merge, delete, + or -; or the name of a function."`
	Value      any    `json:"value,omitempty"`
	Former     any    `json:"former,omitempty" doc:"What the profile had there before."`
	Superseded bool   `json:"superseded,omitempty" doc:"A later event has given the profile's field another value."`
	By         string `json:"by,omitempty" doc:"That event's id."`
}

// Identity tells whose event it is.
type Identity struct {
	How     string `json:"how" enum:"session,new,claim,referral,ids,merge,flow,nobody" doc:"How the profile was found: it was the session's, is new, was named by the client, passed on by another site, known by another id, found under an id that it had before, or said by a flow."`
	Profile string `json:"profile,omitempty" doc:"The id at that time."`
	Today   string `json:"today,omitempty" doc:"The id of the profile that the person has today; left out when there is none any more."`
	Name    string `json:"name,omitempty" doc:"What the person is called."`
}

// SessionThen is the session at that moment.
type SessionThen struct {
	ID       string     `json:"id"`
	Start    *time.Time `json:"start,omitempty"`
	Duration float64    `json:"duration" doc:"Seconds since its start."`
}

// FlowPassed is a flow that an event went through.
type FlowPassed struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty" doc:"Its name today; missing when there is no such flow any more."`
}

// SentTo is a place that an event was sent to.
type SentTo struct {
	ID string `json:"id"`
}

// StoredAs tells how the processing ended.
type StoredAs struct {
	Status       string  `json:"status"`
	Instance     string  `json:"instance,omitempty" doc:"The process that did it."`
	Milliseconds float64 `json:"milliseconds" doc:"From the receipt until it went to the store, to a tenth; 0 when that is not known."`
	Flows        float64 `json:"flow_milliseconds" doc:"Of these in flows."`
}

// story tells what happened to an event. Most of it follows from the event and the catalogue; the profile of today tells which of
// the values it still has.
func (s *server) story(ctx context.Context, in *byID) (*struct{ Body Story }, error) {
	doc, err := documents{s, storage.Events, "event", "events"}.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var e tracardi.Event
	if err := json.Unmarshal(doc.Body, &e); err != nil {
		return nil, fmt.Errorf("read event %q: %w", in.ID, err)
	}
	profile, err := s.profileToday(ctx, e.Profile.ID)
	if err != nil {
		return nil, err
	}
	m := &e.Metadata
	t, known := eventtype.Lookup(e.Type)
	out := Story{
		Received: Received{At: m.Insert, Created: timeOrNil(m.Create), Source: s.sourceOf(ctx, e.Source.ID), Channel: m.Channel, IP: m.IP},
		Checked:  Checked{Valid: !m.Invalid, Warning: m.Warning, Error: m.Error, Known: known},
		Mapped:   []MappedTo{}, Flows: []FlowPassed{}, Destinations: []SentTo{},
		Identity: identityOf(&e, profile),
		Stored:   StoredAs{m.Status, m.Instance, 1000 * m.TotalTime, 1000 * m.ProcessTime},
	}
	if known {
		out.Checked.TypeName = t.Name
		if !m.Invalid {
			out.Mapped = mappings(&e, t, profile)
		}
	}
	if e.Session.ID != "" {
		out.Session = &SessionThen{e.Session.ID, timeOrNil(e.Session.Start), e.Session.Duration}
	}
	for _, id := range m.Flows {
		entry, err := s.flows.Get(ctx, of(ctx).tenant, id)
		if err != nil && tracardi.KindOf(err) != tracardi.NotFound {
			return nil, err
		}
		out.Flows = append(out.Flows, FlowPassed{id, entry.Value.Name})
	}
	for _, id := range m.ThirdParty {
		out.Destinations = append(out.Destinations, SentTo{id})
	}
	if of(ctx).masked {
		out.mask()
	}
	return &struct{ Body Story }{out}, nil
}

// profileToday reads the profile that a person has today; nil when there is none.
func (s *server) profileToday(ctx context.Context, id string) (*tracardi.Profile, error) {
	if id == "" {
		return nil, nil
	}
	doc, err := documents{s, storage.Profiles, "profile", "profiles"}.find(ctx, id)
	if tracardi.KindOf(err) == tracardi.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	profile := &tracardi.Profile{}
	if err := json.Unmarshal(doc.Body, profile); err != nil {
		return nil, fmt.Errorf("read profile %q: %w", doc.ID, err)
	}
	return profile, nil
}

func (s *server) sourceOf(ctx context.Context, id string) SourceOfEvent {
	about := SourceOfEvent{ID: id, System: strings.HasPrefix(id, "@")}
	if source := s.workspace.Snapshot(of(ctx).tenant).Sources[id]; source != nil {
		about.Name, about.Enabled = source.Name, source.Enabled
	}
	return about
}

func identityOf(e *tracardi.Event, profile *tracardi.Profile) Identity {
	about := Identity{How: cmp.Or(e.Metadata.Aux.Text("identified"), "session"), Profile: e.Profile.ID}
	if e.Profile.ID == "" {
		about.How = "nobody"
	}
	if profile != nil {
		about.Today = profile.ID
		first, last := profile.Data.Text("pii", "firstname"), profile.Data.Text("pii", "lastname")
		about.Name = cmp.Or(strings.TrimSpace(first+" "+last), profile.Data.Text("contact", "email", "main"))
	}
	return about
}

// mappings lists what a type copies out of an event.
func mappings(e *tracardi.Event, t *eventtype.Type, profile *tracardi.Profile) []MappedTo {
	list := []MappedTo{}
	for _, c := range t.Copy {
		if from, _ := e.Get(c.From...); from != nil {
			value, _ := e.Get(c.To...)
			list = append(list, MappedTo{Target: "event", From: strings.Join(c.From, "."), To: strings.Join(c.To, "."), Operation: "copy", Value: value})
		}
	}
	if e.Profile.ID == "" {
		return list
	}
	for _, c := range t.Profile {
		m := MappedTo{Target: "profile", From: strings.Join(c.From, "."), To: strings.Join(c.To, "."), Operation: string(c.Op), Value: c.Number}
		if len(c.From) > 0 {
			if m.Value, _ = e.Get(c.From...); m.Value == nil {
				continue
			}
		}
		list = append(list, m.today(e, profile))
	}
	for _, c := range t.Compute {
		m := MappedTo{Target: "profile", To: strings.Join(c.To, "."), Operation: string(c.Function)}
		if len(c.To) == 0 {
			m.To = "interests." + e.Properties.Text("interest")
		}
		list = append(list, m.today(e, profile))
	}
	return list
}

// today adds what the profile still knows of a change of one of its fields.
func (m MappedTo) today(e *tracardi.Event, profile *tracardi.Profile) MappedTo {
	if profile == nil {
		return m
	}
	origin, ok := profile.Metadata.Fields[m.To]
	switch {
	case !ok:
	case origin.Event == e.ID:
		m.Former = origin.Former
	case origin.Time.After(e.Metadata.Insert):
		m.Superseded, m.By = true, origin.Event
	}
	return m
}
