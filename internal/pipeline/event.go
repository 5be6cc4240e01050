package pipeline

import (
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tracardi/tracardi-go"
)

// events builds the events as they will be stored.
func events(w *Work) error {
	built := make([]tracardi.Event, len(w.Incoming))
	w.Events = make([]*tracardi.Event, len(w.Incoming))
	for i := range w.Incoming {
		e := &built[i]
		w.build(e, &w.Incoming[i])
		if e.Metadata.Insert.Equal(w.received()) { // what came in together is listed in the order in which it was sent
			e.Metadata.Insert = e.Metadata.Insert.Add(time.Duration(i) * time.Microsecond)
		}
		w.Events[i] = e
	}
	return nil
}

func (w *Work) build(e *tracardi.Event, given *tracardi.NewEvent) {
	s := w.Session
	e.ID, e.Given = given.ID, given.ID != ""
	if !e.Given {
		e.ID = newID()
	}
	e.Type = tracardi.EventTypeOf(given.Type)
	e.Name = eventName(e.Type)
	e.Metadata = tracardi.EventMetadata{
		Insert: w.happened(given.Insert), Create: given.Create, Update: given.Update,
		IP: w.Payload.Request.IP, Channel: w.Source.Channel, Status: tracardi.EventCollected,
		ProfileLess: w.Profile == nil, Debug: w.Payload.Debug, Instance: w.Instance,
	}
	if w.Identified != IdentifiedBySession {
		e.Metadata.Aux = tracardi.RawObject(identifiedText[w.Identified])
	}
	e.Source.ID = w.Payload.Source.ID
	if given.Source != "" {
		e.Source.ID = given.Source
	}
	if w.SaveSession { // an event does not point to what is not kept
		e.Session = tracardi.EventSession{
			ID: s.ID, Start: s.Metadata.Time.Insert, Duration: sessionSeconds(w), TZ: s.Context.Text("time", "tz"),
		}
	}
	if p := w.Profile; p != nil && w.SaveProfile {
		e.Profile = tracardi.ProfileRef{ID: p.ID, PrimaryID: p.PrimaryID}
	}
	e.Properties, e.Context, e.Config, e.Tags = given.Properties, given.Context, given.Options, given.Tags
	e.Device, e.OS, e.App, e.UTM = s.Device, s.OS, s.App, s.UTM
	if !e.Context.Empty() {
		page := e.Context.Object("page")
		e.Hit = tracardi.Hit{Name: page.Text("title"), URL: page.Text("url"), Referer: page.Text("referer", "host")}
	}
}

// timed notes in the events how long the payload took so far, in whole tenths of a millisecond, rounded up: finer times would cost
// more room than they tell.
func (w *Work) timed(now time.Time) {
	const step = 100 * time.Microsecond
	took := (now.Sub(w.received()) + step - 1).Truncate(step).Seconds()
	for _, e := range w.Events {
		e.Metadata.TotalTime = max(0, took)
	}
}

// happened is the time of an event: as the sender says, but not in the future, since nothing has happened there yet; without a
// word of the sender, when the payload came in.
func (w *Work) happened(told time.Time) time.Time {
	if received := w.received(); told.IsZero() || told.After(received) {
		return received
	}
	return told
}

// eventName makes "Page View" of "page-view".
func eventName(name string) string {
	text := make([]byte, 0, len(name)+4)
	first := true
	for _, r := range name {
		switch {
		case r == '-':
			r, first = ' ', true
		case first:
			r, first = unicode.ToUpper(r), false
		}
		text = utf8.AppendRune(text, r)
	}
	return string(text)
}
