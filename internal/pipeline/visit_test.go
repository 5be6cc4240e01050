package pipeline

import (
	"bufio"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
)

func TestVisit(t *testing.T) {
	w := firstVisit()
	w.Session.Context = free(`{"time":{"tz":"Europe/Prague"}}`)
	run(t, w, visit)
	want := tracardi.Visit{Current: noon, Count: 1, TZ: "Europe/Prague"}
	if diff := cmp.Diff(want, w.Profile.Metadata.Time.Visit); diff != "" || w.Profile.Stats.Visits != 1 || !w.ProfileChanged {
		t.Errorf("first visit, %d counted (-want +got):\n%s", w.Profile.Stats.Visits, diff)
	}

	// The same session begins anew after its end.
	profile := w.Profile
	w = nextRequest()
	w.Profile, w.SessionStarted = profile, true
	w.Session.Context = free(`{"time":{"tz":"Europe/Oslo"}}`)
	run(t, w, visit)
	want = tracardi.Visit{Last: noon, Current: w.Now, Count: 2, TZ: "Europe/Oslo"}
	if diff := cmp.Diff(want, profile.Metadata.Time.Visit); diff != "" || profile.Stats.Visits != 2 {
		t.Errorf("second visit, %d counted (-want +got):\n%s", profile.Stats.Visits, diff)
	}

	w = nextRequest()
	w.Profile = profile
	w.Session.Context = free(`{"time":{"tz":"Europe/Oslo"}}`)
	run(t, w, visit)
	if diff := cmp.Diff(want, profile.Metadata.Time.Visit); diff != "" || w.ProfileChanged {
		t.Errorf("within a visit the profile changed: %s", diff)
	}

	w = firstVisit()
	w.Profile = nil
	run(t, w, visit)
}

func TestSessionState(t *testing.T) {
	f := func(want string, types ...string) {
		t.Helper()
		w := nextRequest()
		w.Session.Metadata.Status = "before"
		for _, name := range types {
			w.Events = append(w.Events, &tracardi.Event{Type: name})
		}
		run(t, w, sessionState)
		if got := w.Session.Metadata.Status; got != want || w.Session.Metadata.Time.Duration != 90 {
			t.Errorf("%v: got %s after %v s, want %s after 90", types, got, w.Session.Metadata.Time.Duration, want)
		}
	}
	f("before")
	f("active", "page-view")
	f("started", "page-view", "visit-started")
	f("ended", "page-view", "visit-ended")
	f("active", "visit-ended", "page-view")

	w := nextRequest()
	w.Now = noon.Add(-time.Hour) // the clock was set back
	run(t, w, sessionState)
	if w.Session.Metadata.Time.Duration != 0 {
		t.Errorf("got %v", w.Session.Metadata.Time.Duration)
	}
}

func TestConclusions(t *testing.T) {
	f := func(data, want, aux string) {
		t.Helper()
		w := nextRequest()
		w.ProfileChanged = true
		w.Profile.Data = free(data)
		run(t, w, conclusions)
		equal(t, data, at(w.Profile, "data", "anonymous"), want)
		equal(t, data, at(w.Profile, "aux"), aux)
	}
	f(`{}`, `true`, `null`)
	f(`{"contact":{"address":{"town":"Brno"}}}`, `true`, `null`)
	f(`{"contact":{"email":{"main":""},"phone":{},"app":{"other":{}}}}`, `true`, `null`)
	f(`{"contact":{"email":"none"}}`, `true`, `null`)
	f(`{"contact":{"phone":{"mobile":"+420123456789"}},"anonymous":true}`, `false`, `null`)
	f(`{"contact":{"app":{"other":{"matrix":"@a:b"}}}}`, `false`, `null`)
	f(`{"contact":{"email":{"main":"ann@Gmail.com"}}}`, `false`, `{"email":{"free":true}}`)
	f(`{"contact":{"email":{"main":"ann@shop.example"}}}`, `false`, `{"email":{"free":false}}`)
	f(`{"contact":{"email":{"main":"no address"}}}`, `false`, `null`)

	w := nextRequest()
	w.Profile.Data = free(`{"contact":{"email":{"main":"ann@gmail.com"}}}`)
	run(t, w, conclusions)
	if w.ProfileChanged || w.Profile.Data.Text("anonymous") != "" {
		t.Error("an unchanged profile was looked at")
	}
	w.Profile = nil
	run(t, w, conclusions)
}

func TestPrimaryID(t *testing.T) {
	w := firstVisit(tracardi.NewEvent{Type: "sign-up", Properties: free(`{"email":{"main":"ann@shop.example"}}`)})
	w.Session.Profile.ID = w.Profile.ID
	run(t, w, events, mapPredefined, conclusions)
	primary := w.Profile.PrimaryID
	if !strings.HasPrefix(primary, "emm-") || w.Session.Profile.PrimaryID != primary || w.Events[0].Profile.PrimaryID != primary {
		t.Errorf("profile %q, session %q, event %q", primary, w.Session.Profile.PrimaryID, w.Events[0].Profile.PrimaryID)
	}
	// A name once given stays: other systems may know it.
	if err := w.SetField(nil, "77", "data", "identifier", "id"); err != nil {
		t.Fatal(err)
	}
	run(t, w, conclusions)
	if w.Profile.PrimaryID != primary || len(w.Profile.IDs) != 3 {
		t.Errorf("got %q, known by %v", w.Profile.PrimaryID, w.Profile.IDs)
	}
}

func TestFreemailList(t *testing.T) {
	var lines []string
	for s := bufio.NewScanner(strings.NewReader(freemailText)); s.Scan(); {
		lines = append(lines, s.Text())
		if s.Text() != strings.ToLower(strings.TrimSpace(s.Text())) || !strings.Contains(s.Text(), ".") {
			t.Errorf("%q is no domain", s.Text())
		}
	}
	if !slices.IsSorted(lines) || len(freemail()) != len(lines) {
		t.Error("the list is not in order, or has a domain twice")
	}
}
