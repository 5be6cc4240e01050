package pipeline

import (
	"time"

	"github.com/tracardi/tracardi-go"
)

// InternalSource is the id of the source of events that the system adds. No registered source can have it.
const InternalSource = "@internal"

// Types of events that the system adds, or that mean something to it.
const (
	profileCreated = "profile-created"
	visitStarted   = "visit-started"
	sessionOpened  = "session-opened"
	visitEnded     = "visit-ended"
)

// systemEvents adds the events that tell of a new profile, a new session and a new visit, dated before those of the payload.
// A visit that ends has none of them.
func systemEvents(w *Work) error {
	types := make([]any, 0, len(w.Incoming)+1)
	created := false
	for i := range w.Incoming {
		name := tracardi.EventTypeOf(w.Incoming[i].Type)
		if name == visitEnded {
			return nil
		}
		created = created || name == profileCreated
		types = append(types, name)
	}
	if len(types) == 0 {
		return nil
	}
	if w.Profile != nil && w.Profile.New && w.SaveProfile && !created {
		w.addSystemEvent(profileCreated, 3*time.Second, tracardi.Object{})
		types = append(types, profileCreated)
	}
	if !w.SaveSession || !w.SessionStarted {
		return nil
	}
	w.addSystemEvent(visitStarted, time.Second, tracardi.NewObject(map[string]any{"trigger-event-types": types}))
	if w.Session.New {
		w.addSystemEvent(sessionOpened, 2*time.Second, tracardi.Object{})
	}
	return nil
}

const asyncOption = `{"async":true}`

func (w *Work) addSystemEvent(name string, before time.Duration, properties tracardi.Object) {
	w.Incoming = append(w.Incoming, tracardi.NewEvent{
		Type: name, Insert: w.received().Add(-before), Properties: properties, Options: tracardi.RawObject(asyncOption), Source: InternalSource,
	})
}

// received is when the payload came in.
func (w *Work) received() time.Time {
	if w.Payload.Received.IsZero() {
		return w.Now
	}
	return w.Payload.Received
}
