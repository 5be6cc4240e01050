package pipeline_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// load makes an event over to whom it names, and changes them.
const load = `
	s control.start
	a try.change {"set": {"profile@traits.before": "event@properties.n"}}
	l profile.load {"field": "id", "value": "event@properties.who"}
	i data.increment {"field": "profile@traits.calls"}
	c try.change {"set": {"session@traits.seen": "profile@id"}}
	e try.change {"set": {"profile@traits.failed": "payload@message"}}
	r try.raise {"type": "loaded"}
	s.payload -> a
	a.payload -> l
	a.error -> l
	l.profile -> i
	l.error -> e
	i.payload -> c
	c.payload -> r`

// TestEventsAreMadeOver lets an event of one person become that of another one: each change goes to whom it was made for.
func TestEventsAreMadeOver(t *testing.T) {
	for name, less := range map[string]string{"somebody's": "false", "nobody's": "true"} {
		t.Run(name, func(t *testing.T) {
			r := newFlowRoad(t)
			r.work(t)
			ann := r.send(t, event("s-ann", "page-view", "")).Profile
			r.publish(t, "load", load)
			r.publish(t, "next", "s control.start\nb try.answer {\"key\": \"who\", \"value\": \"profile@id\"}\ns.payload -> b")
			r.publish(t, "journey", "s control.start\nw try.wait {\"for\": \"1h\", \"event\": \"go\"}\nc try.change {\"set\": {\"profile@traits.came\": true}}\ns.payload -> w\nw.matched -> c")
			r.on(t, workspace.Trigger{Name: "1", Flow: "load", EventType: "go"})
			r.on(t, workspace.Trigger{Name: "2", Flow: "next", EventType: "go"})
			r.on(t, workspace.Trigger{Name: "3", Flow: "next", EventType: "stay"})
			r.on(t, workspace.Trigger{Name: "4", Flow: "journey", EventType: "begin"})
			r.send(t, event("s-ann", "begin", ""))
			answer := r.send(t, fmt.Sprintf(`{"source": {"id": "shop"}, "session": {"id": "s1"}, "profile_less": %s, "events": [
				{"type": "go", "properties": {"who": %q, "n": 1}}, {"type": "stay"}]}`, less, ann))
			own := answer.Profile
			if own == ann || (own == "") != (less == "true") {
				t.Errorf("the sender hears of %q", own)
			}
			if n := r.count(t, storage.Events, `type = "go" AND profile.id = "`+ann+`" AND session.id = "s1" AND metadata.aux.identified = "flow"`); n != 1 {
				t.Errorf("the event is not hers: %v", r.find(t, storage.Events, `type = "go"`))
			}
			if n := r.count(t, storage.Events, `type = "stay" AND profile.id = "`+ann+`"`); n != 0 {
				t.Error("another event is hers too")
			}
			r.eventually(t, 1, storage.Events, `type = "loaded" AND profile.id = "`+ann+`"`)
			r.eventually(t, 1, storage.Profiles, `id = "`+ann+`" AND traits.came = true`) // her journey went on
			if n := r.count(t, storage.Profiles, `id = "`+ann+`" AND traits.calls EXISTS AND NOT traits.before EXISTS`); n != 1 {
				t.Errorf("her profile: %v", r.find(t, storage.Profiles, ""))
			}
			if n := r.count(t, storage.Runs, `flow.id = "load" AND status != "waiting" AND profile.id = "`+ann+`"`); n != 1 {
				t.Errorf("the run: %v", r.find(t, storage.Runs, `flow.id = "load"`))
			}
			session := r.find(t, storage.Sessions, `id = "s1"`)[0]
			if owner := dig(session, "profile", "id"); less == "false" && owner != own || less == "true" && owner != ann || dig(session, "traits", "seen") != ann {
				t.Errorf("the session is %v", session)
			}
			if own == "" {
				return
			}
			if got, _ := answer.Response.Get("who"); got != own { // the flow after the second event
				t.Errorf("the flow after the other event ran for %v", got)
			}
			if n := r.count(t, storage.Profiles, `id = "`+own+`" AND traits.before = 1 AND NOT traits.calls EXISTS`); n != 1 {
				t.Errorf("the profile that the event came from: %v", r.find(t, storage.Profiles, ""))
			}
		})
	}
}

// TestNewPeople makes a profile and a session in a flow.
func TestNewPeople(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "new", `
		s control.start
		p profile.create {}
		c try.change {"set": {"profile@data.contact.email.main": "event@properties.email", "session@traits.a": 1}}
		w try.wait {"for": "1s"}
		d try.change {"set": {"profile@traits.later": "profile@data.contact.email.main", "session@traits.b": 2}}
		s.payload -> p
		p.payload -> c
		c.payload -> w
		w.payload -> d`)
	r.on(t, workspace.Trigger{Name: "t", Flow: "new", EventType: "go"})
	r.work(t)
	r.send(t, `{"source": {"id": "shop"}, "profile_less": true, "options": {"saveSession": false}, "events": [{"type": "go", "properties": {"email": "ann@example.com"}}]}`)
	profile := r.eventually(t, 1, storage.Profiles, `traits.later = "ann@example.com" AND data.anonymous = false`)[0]
	session := r.eventually(t, 1, storage.Sessions, `profile.id = "`+profile["id"].(string)+`" AND traits.a = 1 AND traits.b = 2`)[0]
	if n := r.count(t, storage.Events, fmt.Sprintf(`type = "go" AND profile.id = %q AND session.id = %q`, profile["id"], session["id"])); n != 1 {
		t.Errorf("events %v", r.find(t, storage.Events, ""))
	}
	r.publish(t, "visit", "s control.start\np profile.create-session\nc try.change {\"set\": {\"session@traits.a\": 3}}\ns.payload -> p\np.payload -> c")
	r.on(t, workspace.Trigger{Name: "t", Flow: "visit", EventType: "visit"})
	answer := r.send(t, event("s1", "visit", ""))
	if n := r.count(t, storage.Sessions, `profile.id = "`+answer.Profile+`"`); n != 2 || answer.Session != "s1" {
		t.Errorf("%d sessions, want 2; the answer names %s", n, answer.Session)
	}
	if n := r.count(t, storage.Sessions, `id != "s1" AND traits.a = 3`); n != 1 {
		t.Errorf("sessions %v", r.find(t, storage.Sessions, ""))
	}
}

// TestEventsAreNotMadeOver has each reason for which an event stays whose it is.
func TestEventsAreNotMadeOver(t *testing.T) {
	const tail = "\nl profile.load {\"field\": \"id\", \"value\": \"event@properties.who\"}%s\ne try.change {\"set\": {\"profile@traits.why\": \"payload@message\"}}\ns.payload -> w\nw.payload -> l\nl.error -> e"
	for _, c := range []struct{ name, wait, switches, why string }{
		{"after a wait", `try.wait {"for": "10ms"}`, "", "the event is stored already"},
		{"in the background", "try.pass", ` !{"background": true}`, "the event is stored already"},
		{"nobody", "try.pass", "", "there is no profile"},
		{"while another flow waits", "try.pass", "", "waits with this event"},
		{"without a consent", "try.pass", "", "has not given the consents"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newFlowRoad(t)
			r.work(t)
			who := r.send(t, event("s-ann", "page-view", "")).Profile
			r.publish(t, "f", "s control.start\nw "+c.wait+fmt.Sprintf(tail, c.switches))
			r.publish(t, "agree", "s control.start\na try.change {\"set\": {\"profile@consents.mail\": {\"given\": true}}}\ns.payload -> a")
			trigger := workspace.Trigger{Name: "t", Flow: "f", EventType: "go"}
			switch c.name {
			case "nobody":
				who = "nobody"
			case "while another flow waits":
				r.publish(t, "first", "s control.start\nw try.wait {\"for\": \"1h\"}\ns.payload -> w")
				r.on(t, workspace.Trigger{Name: "first", Flow: "first", EventType: "go", Priority: -1})
			case "without a consent":
				r.on(t, workspace.Trigger{Name: "agree", Flow: "agree", EventType: "agree"})
				r.send(t, event("s1", "agree", ""))
				trigger.Consents = []string{"mail"}
			}
			r.on(t, trigger)
			own := r.send(t, event("s1", "go", fmt.Sprintf(`{"who": %q}`, who))).Profile
			r.eventually(t, 1, storage.Profiles, `id = "`+own+`" AND traits.why CONTAINS "`+c.why+`"`)
			if n := r.count(t, storage.Events, `type = "go" AND profile.id = "`+own+`"`); n != 1 {
				t.Error("the event was made over all the same")
			}
		})
	}
}

// TestPeopleWhoBecomeEachOther has events of two people made over to the other one at once, in two processes: nobody waits for
// ever, and nothing is lost.
func TestPeopleWhoBecomeEachOther(t *testing.T) {
	for _, hold := range []bool{false, true} {
		t.Run(fmt.Sprintf("locks held until stored %v", hold), func(t *testing.T) {
			r := newFlowRoad(t)
			locks := memory.NewLocks()
			t.Cleanup(func() { must(t, locks.Close()) })
			process := func() *pipeline.Pipeline {
				return pipeline.New(pipeline.Options{
					Records: r.store, Locks: locks, HoldLocks: hold, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), Instance: "test",
					Log: slog.New(slog.DiscardHandler), Workspace: r.workspace, Queue: r.store.Queue(), Cache: r.cache, Message: collect.Message,
				})
			}
			r.Pipeline = process()
			other := *r.road
			if hold {
				other.Pipeline = process()
			}
			people := []string{r.send(t, event("s0", "page-view", "")).Profile, r.send(t, event("s1", "page-view", "")).Profile}
			r.publish(t, "f", `
				s control.start
				l profile.load {"field": "id", "value": "event@properties.who"}
				c data.increment {"field": "profile@traits.calls"}
				a try.act
				s.payload -> l
				l.profile -> c
				c.payload -> a`)
			r.on(t, workspace.Trigger{Name: "t", Flow: "f", EventType: "go"})
			const each = 40
			var running sync.WaitGroup
			for i := range 2 {
				road := []*road{r.road, &other}[i]
				running.Go(func() {
					for range each {
						road.sendAgain(t, event(fmt.Sprintf("s%d", i), "go", fmt.Sprintf(`{"who": %q}`, people[1-i])))
					}
				})
			}
			running.Wait()
			for _, id := range people {
				var profile tracardi.Profile
				r.document(t, storage.Profiles, id, &profile)
				if calls, _ := profile.Traits.Get("calls"); calls != float64(each) {
					t.Errorf("%v calls, want %d", calls, each)
				}
			}
			if n := r.count(t, storage.Runs, `status = "failed"`); n != 0 {
				t.Errorf("%d runs failed: %v", n, r.find(t, storage.Runs, `status = "failed"`)[0])
			}
			if n, _, _ := r.cache.Get(t.Context(), tracardi.DefaultTenant, "flow/acts"); string(n) != fmt.Sprint(2*each) {
				t.Errorf("%s acts, want %d", n, 2*each)
			}
		})
	}
}

// TestTestsMakeEventsOver tries a flow that makes an event over: it shows the other person, and nothing is changed.
func TestTestsMakeEventsOver(t *testing.T) {
	r := newFlowRoad(t)
	ann := r.send(t, event("s-ann", "page-view", "")).Profile
	r.publish(t, "load", load+"\nw try.wait {\"for\": \"1h\"}\nd try.change {\"set\": {\"profile@traits.later\": 1}}\nc.payload -> w\nw.payload -> d")
	r.on(t, workspace.Trigger{Name: "1", Flow: "load", EventType: "go"})
	e := tracardi.NewEvent{Type: "go", Properties: tracardi.NewObject(map[string]any{"who": ann, "n": 1})}
	out, err := r.Simulate(t.Context(), pipeline.Simulation{
		Tenant: tracardi.DefaultTenant, Plan: r.workspace.Snapshot(tracardi.DefaultTenant).Flows, Test: flow.Test{},
		Events: []pipeline.SimulatedEvent{{New: e, Source: "shop"}, {New: e, Source: "shop", At: time.Now().Add(2 * time.Hour)}},
	})
	must(t, err)
	if out.Profile.ID != ann || fmt.Sprint(out.Profile.Traits.Map()) != "map[calls:2 later:1]" {
		t.Errorf("the test shows %s with %v", out.Profile.ID, out.Profile.Traits.Map())
	}
	payload, err := collect.Decode([]byte(event("s1", "go", fmt.Sprintf(`{"who": %q, "n": 1}`, ann))), collect.DefaultLimits)
	must(t, err)
	payload.Tenant, payload.ID = tracardi.DefaultTenant, "trial"
	trial, err := r.Try(t.Context(), payload, &r.source)
	must(t, err)
	if trial.Failure != nil || len(trial.Events) != 1 || len(trial.Others) != 1 {
		t.Fatalf("tried: %+v", trial)
	}
	hers := trial.Others[0]
	if !strings.Contains(string(hers.Before), ann) || strings.Contains(string(hers.Before), "calls") || !strings.Contains(string(hers.After), `"calls":1`) || !hers.Saved {
		t.Errorf("the try shows her profile %s as %s (stored: %t)", hers.Before, hers.After, hers.Saved)
	}
	if own := string(trial.Profile.After); strings.Contains(own, "calls") || !strings.Contains(own, `"before":1`) {
		t.Errorf("the try shows the sender's profile as %s", own)
	}
	var changes []string
	for _, stage := range trial.Stages {
		for _, c := range stage.Changes {
			if c.Document == "others[0]" {
				changes = append(changes, fmt.Sprint(stage.Name, " ", c.Path, " ", c.Before, " ", c.After))
			}
		}
	}
	if !slices.Contains(changes, "flows traits.calls <nil> 1") || len(changes) > 3 {
		t.Errorf("in her profile the try changed %q", changes)
	}
	r.send(t, event("s-ann", "page-view", "")) // would store what the tests had changed in her profile
	if n := r.count(t, storage.Profiles, `NOT traits.calls EXISTS`); n != 1 || r.count(t, storage.Profiles, "") != 1 {
		t.Errorf("profiles %v", r.find(t, storage.Profiles, ""))
	}
}

// TestPeopleAreFoundByIndex makes an event over to whom a phone number belongs. Somebody who has the number, but not the id that is
// made of it, stands for all those that need not be looked through.
func TestPeopleAreFoundByIndex(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "phone", "s control.start\nc data.copy {\"traits\": {\"set\": {\"profile@data.contact.phone.business\": \"event@properties.phone\"}}}\ns.payload -> c")
	r.publish(t, "load", strings.Replace(load, `"id"`, `"data.contact.phone.business"`, 1))
	r.on(t, workspace.Trigger{Name: "1", Flow: "phone", EventType: "phone"})
	r.on(t, workspace.Trigger{Name: "2", Flow: "load", EventType: "go"})
	ann := r.send(t, event("s-ann", "phone", `{"phone": "+1 555 0100"}`)).Profile
	body := []byte(`{"id": "other", "ids": ["other"], "metadata": {"time": {"insert": "2026-01-01T00:00:00Z"}}, "data": {"contact": {"phone": {"business": "+1 555 0100"}}}}`)
	must(t, r.store.Commit(&storage.ChangeSet{Tenant: tracardi.DefaultTenant, Writes: []storage.Write{
		{Collection: storage.Profiles, Doc: storage.Doc{ID: "other", Time: time.Now(), Body: body, Made: true}},
	}}).Wait(t.Context()))
	r.send(t, event("s1", "go", `{"who": "+1 555 0100", "n": 1}`))
	if found := r.find(t, storage.Profiles, `traits.calls = 1`); len(found) != 1 || found[0]["id"] != ann {
		t.Errorf("the event was made over to %v, want %s", found, ann)
	}
}

// TestTriesAreNotSeen tries a payload of somebody whose documents are at hand, and which would store neither of them.
func TestTriesAreNotSeen(t *testing.T) {
	r := newFlowRoad(t)
	r.publish(t, "try", "s control.start\nc try.change {\"set\": {\"profile@traits.tried\": 1, \"session@traits.tried\": 1}}\nd profile.discard\ns.payload -> c\nc.payload -> d")
	r.publish(t, "real", "s control.start\nc try.change {\"set\": {\"profile@traits.real\": 1, \"session@traits.real\": 1}}\ns.payload -> c")
	r.on(t, workspace.Trigger{Name: "1", Flow: "try", EventType: "try"})
	r.on(t, workspace.Trigger{Name: "2", Flow: "real", EventType: "real"})
	r.send(t, event("s1", "page-view", ""))
	body := `{"source": {"id": "shop"}, "session": {"id": "s1"}, "options": {"saveSession": false}, "events": [{"type": "try"}]}`
	payload, err := collect.Decode([]byte(body), collect.DefaultLimits)
	must(t, err)
	payload.Tenant, payload.ID = tracardi.DefaultTenant, "trial"
	_, err = r.Try(t.Context(), payload, &r.source)
	must(t, err)
	r.send(t, event("s1", "real", ""))
	for _, c := range []storage.Collection{storage.Profiles, storage.Sessions} {
		if n := r.count(t, c, `traits.real = 1 AND NOT traits.tried EXISTS`); n != 1 {
			t.Errorf("what was tried is stored: %v", r.find(t, c, ""))
		}
	}
}
