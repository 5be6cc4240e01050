package crash

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"testing"
	"time"
)

// event, session and profile are the parts of the stored documents that are compared.
type event struct {
	ID       string
	Type     string
	Metadata struct {
		Time struct{ Insert time.Time }
	}
	Session    struct{ ID string }
	Profile    struct{ ID string }
	Properties struct {
		ID    string
		Value int
		Flow  string
	}
}

type session struct {
	ID      string
	Profile struct{ ID string }
}

type profile struct {
	ID     string
	IDs    []string
	Stats  struct{ Visits int }
	Traits struct{ Woken int }
	Data   struct {
		Metrics struct{ LTCOSC, LTCOSV float64 }
	}
	Metadata struct {
		Time struct {
			Visit struct{ Count int }
		}
	}
}

// stored is everything that the server has.
type stored struct {
	events   []event
	sessions map[string]session
	profiles map[string]profile
}

// verify compares what is stored with what was sent.
func verify(t *testing.T, s *server, c *crowd) {
	t.Helper()
	s.drain()
	have := stored{events: export[event](s, "events"), sessions: map[string]session{}, profiles: map[string]profile{}}
	for _, x := range export[session](s, "sessions") {
		have.sessions[x.ID] = x
	}
	for _, x := range export[profile](s, "profiles") {
		have.profiles[x.ID] = x
	}
	promises(t, c, have)
	people(t, have)
	if c.flow {
		wakes(t, have)
	}
	views(t, s, have)
	requests, answered, promised := c.counts()
	t.Logf("%d of %d requests were answered; %d events promised, %d stored, of %d sessions and %d profiles",
		answered, requests, promised, len(have.events), len(have.sessions), len(have.profiles))
}

// export reads a whole collection in one scan.
func export[T any](s *server, collection string) (list []T) {
	s.t.Helper()
	status, _, text, err := s.ask("GET", "/api/v1/"+collection+"/export?format=jsonl", "")
	if err != nil || status != 200 {
		s.t.Fatalf("export %s: %d %v %s", collection, status, err, text)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one T
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			s.t.Fatalf("%v in %s", err, lines.Text())
		}
		list = append(list, one)
	}
	if err := lines.Err(); err != nil {
		s.t.Fatal(err)
	}
	return list
}

// promises checks that each answered request is stored, once, as the answer said, and that each other one is stored whole or
// not at all.
func promises(t *testing.T, c *crowd, have stored) {
	t.Helper()
	byKey, ids := map[string][]event{}, map[string]int{}
	for _, e := range have.events {
		if ids[e.ID]++; ids[e.ID] == 2 {
			t.Errorf("event %s is stored twice", e.ID)
		}
		if e.Type == "checkout-started" {
			byKey[e.Properties.ID] = append(byKey[e.Properties.ID], e)
		}
	}
	for _, v := range c.visitors {
		for n, r := range v.requests {
			there := 0
			for _, e := range r.events {
				found := byKey[e.key]
				delete(byKey, e.key)
				if len(found) > 1 {
					t.Errorf("%s is stored %d times", e.key, len(found))
				}
				if len(found) == 0 {
					continue
				}
				there++
				got := found[0]
				if e.id != "" && got.ID != e.id || got.Session.ID != r.session || got.Properties.Value != e.value || r.profile != "" && got.Profile.ID != r.profile {
					t.Errorf("%+v of session %s, answered with profile %q, is stored as %+v", e, r.session, r.profile, got)
				}
			}
			switch {
			case r.acked && there < len(r.events):
				t.Errorf("request %d of %s was answered, and %d of its %d events are lost", n, v.id, len(r.events)-there, len(r.events))
			case !r.acked && there != 0 && there != len(r.events):
				t.Errorf("request %d of %s was not answered, and %d of its %d events are stored", n, v.id, there, len(r.events))
			}
		}
	}
	for key := range byKey {
		t.Errorf("nobody sent %s", key)
	}
}

// people checks that events, sessions and profiles agree, and that counters are what the events add up to.
func people(t *testing.T, have stored) {
	t.Helper()
	count, sum, visits, opened, made := map[string]float64{}, map[string]float64{}, map[string]int{}, map[string]int{}, map[string]int{}
	for _, e := range have.events {
		s, known := have.sessions[e.Session.ID]
		if !known || s.Profile.ID != e.Profile.ID {
			t.Errorf("event %s has session %q and profile %q; the session, known: %v, has profile %q", e.ID, e.Session.ID, e.Profile.ID, known, s.Profile.ID)
		}
		switch e.Type {
		case "checkout-started":
			count[e.Profile.ID]++
			sum[e.Profile.ID] += float64(e.Properties.Value)
		case "visit-started":
			visits[e.Profile.ID]++
		case "session-opened":
			opened[e.Session.ID]++
		case "profile-created":
			made[e.Profile.ID]++
		default:
			t.Errorf("event %s has type %q", e.ID, e.Type)
		}
	}
	for id, s := range have.sessions {
		if _, known := have.profiles[s.Profile.ID]; !known || opened[id] != 1 {
			t.Errorf("session %s was opened %d times and has the profile %q, known: %v", id, opened[id], s.Profile.ID, known)
		}
	}
	for id, p := range have.profiles {
		m := p.Data.Metrics
		if m.LTCOSC != count[id] || m.LTCOSV != sum[id] {
			t.Errorf("profile %s counts %v checkouts of %v; its %v events add up to %v", id, m.LTCOSC, m.LTCOSV, count[id], sum[id])
		}
		if p.Stats.Visits != visits[id] || p.Metadata.Time.Visit.Count != visits[id] || made[id] != 1 {
			t.Errorf("profile %s was made %d times and counts %d and %d visits; %d are stored", id, made[id], p.Stats.Visits, p.Metadata.Time.Visit.Count, visits[id])
		}
	}
}

// wakes checks that the flow of makeFlow has gone on once for each event that it ran for.
func wakes(t *testing.T, have stored) {
	t.Helper()
	want := map[string]int{}
	for _, e := range have.events {
		if e.Properties.Flow == inFlow {
			want[e.Profile.ID]++
		}
	}
	for id, p := range have.profiles {
		if p.Traits.Woken != want[id] {
			t.Errorf("runs of profile %s went on %d times, want %d", id, p.Traits.Woken, want[id])
		}
	}
}

// views checks that everything that is kept beside the documents agrees with them: totals, bars, groups, indexes, pages.
func views(t *testing.T, s *server, have stored) {
	t.Helper()
	hours, types := map[time.Time]int{}, map[string]int{}
	bySession, byProfile := map[string]int{}, map[string]int{}
	for _, e := range have.events {
		hours[e.Metadata.Time.Insert.Truncate(time.Hour)]++
		types[e.Type]++
		bySession[e.Session.ID]++
		byProfile[e.Profile.ID]++
	}
	number := func(collection, query string, want int) {
		t.Helper()
		var answer struct{ Count int }
		s.must("GET", "/api/v1/"+collection+"/count?q="+url.QueryEscape(query), "", &answer)
		if answer.Count != want {
			t.Errorf("%s %s: %d, want %d", collection, query, answer.Count, want)
		}
	}
	number("events", "", len(have.events))
	number("sessions", "", len(have.sessions))
	number("profiles", "", len(have.profiles))
	for kind, want := range types {
		number("events", fmt.Sprintf("type = %q", kind), want)
	}
	bars := func(group string, total func(time.Time, string) int) {
		t.Helper()
		var answer struct {
			Buckets []struct {
				Time  time.Time
				Value string
				Count int
			}
		}
		s.must("GET", "/api/v1/events/histogram?interval=hour&group_by="+group, "", &answer)
		all := 0
		for _, b := range answer.Buckets {
			all += b.Count
			if want := total(b.Time.UTC(), b.Value); want >= 0 && b.Count != want {
				t.Errorf("the bar of %s %s shows %d, want %d", b.Time, b.Value, b.Count, want)
			}
		}
		if all != len(have.events) {
			t.Errorf("the bars by %q add up to %d, want %d", group, all, len(have.events))
		}
	}
	bars("", func(at time.Time, _ string) int { return hours[at] })
	bars("type", func(time.Time, string) int { return -1 })
	var top struct {
		Values []struct {
			Value string
			Count int
		}
	}
	s.must("GET", "/api/v1/events/top/type?n=10", "", &top)
	for _, v := range top.Values {
		if types[v.Value] != v.Count {
			t.Errorf("top values: %d of type %s, want %d", v.Count, v.Value, types[v.Value])
		}
	}
	const looked = 25 // of the many sessions and profiles, those that come first in the map
	n := 0
	for id, want := range bySession {
		number("events", fmt.Sprintf("session.id = %q", id), want)
		if n++; n == looked {
			break
		}
	}
	n = 0
	for id, want := range byProfile {
		number("events", fmt.Sprintf("profile.id = %q", id), want)
		number("sessions", fmt.Sprintf("profile.id = %q", id), sessionsOf(have, id))
		if n++; n == looked {
			break
		}
	}
	pages(t, s, have)
}

func sessionsOf(have stored, profile string) (n int) {
	for _, s := range have.sessions {
		if s.Profile.ID == profile {
			n++
		}
	}
	return n
}

// pages turns all pages of the list of events.
func pages(t *testing.T, s *server, have stored) {
	t.Helper()
	seen := map[string]bool{}
	var last time.Time
	for cursor, more := "", true; more; more = cursor != "" {
		var page struct {
			Items []event
			Next  string
		}
		s.must("GET", "/api/v1/events?limit=1000&total=false&cursor="+url.QueryEscape(cursor), "", &page)
		for _, e := range page.Items {
			if seen[e.ID] || !last.IsZero() && e.Metadata.Time.Insert.After(last) {
				t.Errorf("the list shows %s of %s twice or behind %s", e.ID, e.Metadata.Time.Insert, last)
			}
			seen[e.ID], last = true, e.Metadata.Time.Insert
		}
		cursor = page.Next
	}
	if len(seen) != len(have.events) {
		t.Errorf("the list shows %d events, want %d", len(seen), len(have.events))
	}
}
