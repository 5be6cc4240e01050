package pipeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
)

func TestEvents(t *testing.T) {
	w := nextRequest(tracardi.NewEvent{
		ID: "e1", Type: " Page View ", Insert: noon, Create: noon.Add(-time.Second), Update: noon.Add(time.Second),
		Properties: free(`{"a":1}`), Options: free(`{"async":true}`), Tags: []string{"t"},
		Context: free(`{"page":{"url":"https://shop.example/a","title":"A","referer":{"host":"search.example","query":"q"}}}`),
	})
	w.Payload.Debug, w.Payload.Request.IP = true, "192.0.2.1"
	w.Profile.PrimaryID = "emm-1"
	s := w.Session
	s.Device, s.OS, s.App, s.UTM = tracardi.Device{Type: "pc", Geo: brno}, tracardi.OS{Name: "Linux"}, tracardi.App{Name: "Firefox"}, tracardi.UTM{Source: "mail"}
	s.Context = free(`{"time":{"tz":"Europe/Prague"}}`)
	run(t, w, events)
	want := &tracardi.Event{
		ID: "e1", Given: true, Type: "page-view", Name: "Page View",
		Metadata: tracardi.EventMetadata{
			Insert: noon, Create: noon.Add(-time.Second), Update: noon.Add(time.Second), IP: "192.0.2.1", Channel: "Web",
			Status: "collected", Debug: true, Instance: "process-1",
		},
		Source: tracardi.Ref{ID: "web"}, Session: tracardi.EventSession{ID: "s1", Start: noon, Duration: 90, TZ: "Europe/Prague"},
		Profile: tracardi.ProfileRef{ID: "p1", PrimaryID: "emm-1"},
		Device:  s.Device, OS: s.OS, App: s.App, UTM: s.UTM, Tags: []string{"t"},
		Hit: tracardi.Hit{Name: "A", URL: "https://shop.example/a", Referer: "search.example"},
	}
	e := w.Events[0]
	if diff := cmp.Diff(want, e, cmpopts.IgnoreTypes(tracardi.Object{})); diff != "" || len(w.Events) != 1 {
		t.Errorf("-want +got:\n%s", diff)
	}
	equal(t, "properties", at(e, "properties"), `{"a":1}`)
	equal(t, "config", at(e, "config"), `{"async":true}`)
	equal(t, "context", at(e, "context", "page", "title"), `"A"`)
}

func TestEventsWithoutProfileOrSession(t *testing.T) {
	w := firstVisit(tracardi.NewEvent{Type: "page-view"}, tracardi.NewEvent{Type: "page-view", Insert: noon.Add(time.Hour)})
	w.Profile, w.SaveSession = nil, false
	run(t, w, events)
	e := w.Events[0]
	if !e.Metadata.ProfileLess || e.Profile.ID != "" || e.Session.ID != "" || e.Given {
		t.Errorf("got %+v", e)
	}
	if id, err := uuid.Parse(e.ID); err != nil || id.Version() != 7 || e.ID == w.Events[1].ID {
		t.Errorf("id is %q", e.ID)
	}
	for i, e := range w.Events { // in the order in which they were sent
		if want := noon.Add(time.Duration(i) * time.Microsecond); !e.Metadata.Insert.Equal(want) {
			t.Errorf("happened at %v, want %v: not told, or told to be in the future", e.Metadata.Insert, want)
		}
	}
	w = firstVisit(tracardi.NewEvent{Type: "page-view"})
	w.SaveProfile = false
	run(t, w, events)
	if e := w.Events[0]; e.Profile.ID != "" || e.Metadata.ProfileLess {
		t.Errorf("an event of a profile that is not kept: %+v", e.Profile)
	}
}

func TestEventTypesAndNames(t *testing.T) {
	f := func(given, kind, name string) {
		t.Helper()
		got := tracardi.EventTypeOf(given)
		if got != kind || eventName(got) != name {
			t.Errorf("%q: got %q, %q, want %q, %q", given, got, eventName(got), kind, name)
		}
	}
	f("page-view", "page-view", "Page View")
	f("Page View", "page-view", "Page View")
	f(" NEW\torder ", "new-order", "New Order")
	f("élan vital", "élan-vital", "Élan Vital")
	f("a--b", "a--b", "A  B")
	f("snake_case", "snake_case", "Snake_case")
	f("", "", "")
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.String().Draw(t, "type")
		if once := tracardi.EventTypeOf(given); tracardi.EventTypeOf(once) != once {
			t.Fatalf("%q became %q, then %q", given, once, tracardi.EventTypeOf(once))
		}
	})
}
