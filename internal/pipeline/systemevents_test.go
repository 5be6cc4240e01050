package pipeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
)

func TestSystemEvents(t *testing.T) {
	added := func(change func(*Work), types ...string) []string {
		t.Helper()
		w := firstVisit()
		for _, name := range types {
			w.Incoming = append(w.Incoming, tracardi.NewEvent{Type: name})
		}
		change(w)
		run(t, w, systemEvents)
		names := []string{}
		for _, e := range w.Incoming[len(types):] {
			names = append(names, e.Type)
		}
		return names
	}
	f := func(got []string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	asIs := func(*Work) {}
	later := func(w *Work) { w.Session.New, w.Profile.New, w.SessionStarted = false, false, false }
	f(added(asIs, "page-view"), "profile-created", "visit-started", "session-opened")
	f(added(asIs, "page-view", "Visit Ended"))
	f(added(asIs, "profile-created", "page-view"), "visit-started", "session-opened")
	f(added(asIs))
	f(added(later, "page-view"))
	f(added(func(w *Work) { w.Profile = nil }, "page-view"), "visit-started", "session-opened")
	f(added(func(w *Work) { w.SaveSession = false }, "page-view"), "profile-created")
	f(added(func(w *Work) { w.SaveProfile = false }, "page-view"), "visit-started", "session-opened")
	f(added(func(w *Work) { later(w); w.SessionStarted = true }, "page-view"), "visit-started")
	f(added(func(w *Work) { later(w); w.Profile.New = true }, "page-view"), "profile-created")
}

func TestSystemEventsAsBuilt(t *testing.T) {
	w := firstVisit(tracardi.NewEvent{Type: "Page View", ID: "e1"}, tracardi.NewEvent{Type: "search"})
	w.Payload.Received = noon.Add(-time.Minute)
	run(t, w, systemEvents, events)
	type row struct {
		Type, Source string
		Before       time.Duration
		Given        bool
		Text         string
	}
	var got []row
	ids := map[string]bool{}
	for _, e := range w.Events {
		ids[e.ID] = true
		got = append(got, row{e.Type, e.Source.ID, w.Payload.Received.Sub(e.Metadata.Insert), e.Given, string(e.Properties.AppendJSON(nil)) + string(e.Config.AppendJSON(nil))})
	}
	want := []row{
		{"page-view", "web", 0, true, `{}{}`},
		{"search", "web", -time.Microsecond, false, `{}{}`},
		{"profile-created", "@internal", 3 * time.Second, false, `{}{"async":true}`},
		{"visit-started", "@internal", time.Second, false, `{"trigger-event-types":["page-view","search","profile-created"]}{"async":true}`},
		{"session-opened", "@internal", 2 * time.Second, false, `{}{"async":true}`},
	}
	if diff := cmp.Diff(want, got); diff != "" || len(ids) != 5 {
		t.Errorf("%d ids (-want +got):\n%s", len(ids), diff)
	}
}
