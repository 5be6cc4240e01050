package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
)

var end = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func TestPlanMakesWhatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := Plan{Profiles: rapid.IntRange(1, 60).Draw(t, "profiles"), Days: rapid.IntRange(1, 40).Draw(t, "days"), Seed: rapid.Uint64().Draw(t, "seed"), End: end}
		plan.Events = plan.Profiles + rapid.IntRange(0, 600).Draw(t, "extra")
		if err := plan.Check(); err != nil {
			t.Fatal(err)
		}
		events, last := 0, map[int]time.Time{}
		begin := end.AddDate(0, 0, -plan.Days)
		previous := begin
		for _, v := range plan.visits() {
			events += v.events
			if v.at.Before(previous) || v.at.Before(last[v.person]) || v.at.Add(v.length).After(end) {
				t.Fatalf("%+v is out of order, or overlaps with a visit before it, or ends too late", v)
			}
			previous, last[v.person] = v.at, v.at.Add(v.length)
		}
		if events != plan.Events || len(last) != plan.Profiles {
			t.Fatalf("%d events of %d people, want %d and %d", events, len(last), plan.Events, plan.Profiles)
		}
	})
}

func TestPlanRefuses(t *testing.T) {
	good := Plan{Profiles: 10, Events: 10, Days: 1}
	for field, change := range map[string]func(*Plan){
		"profiles": func(p *Plan) { p.Profiles = 0 },
		"events":   func(p *Plan) { p.Events = 9 },
		"days":     func(p *Plan) { p.Days = 0 },
	} {
		bad := good
		change(&bad)
		if err := bad.Check(); tracardi.KindOf(err) != tracardi.Invalid || !strings.HasPrefix(err.Error(), field+":") {
			t.Errorf("%+v: error %v does not name %s", bad, err, field)
		}
	}
}

// everything lists what a plan sends: the payloads of all visits.
func everything(t *testing.T, plan Plan) []*tracardi.Payload {
	t.Helper()
	var all []*tracardi.Payload
	for _, v := range plan.visits() {
		for _, p := range plan.payloads(v) {
			body, err := p.Body("")
			if err != nil {
				t.Fatal(err)
			}
			payload, err := collect.Decode(body, collect.DefaultLimits)
			if err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			if len(payload.Events) != p.Events {
				t.Fatalf("%d events said to be %d", len(payload.Events), p.Events)
			}
			for _, e := range payload.Events {
				if e.Insert.After(p.At) {
					t.Errorf("an event of %s is sent at %s", e.Insert, p.At)
				}
			}
			all = append(all, payload)
		}
	}
	return all
}

func TestJourneys(t *testing.T) {
	plan := Plan{Profiles: 300, Events: 6000, Days: 30, Seed: 7, End: end}
	types, sources, ids := map[string]int{}, map[string]int{}, map[string]bool{}
	events, profiles := 0, map[string]map[string]bool{}
	for _, p := range everything(t, plan) {
		sources[p.Source.ID]++
		for _, e := range p.Events {
			events++
			types[e.Type]++
			ids[e.ID] = true
			if profiles[e.Type] == nil {
				profiles[e.Type] = map[string]bool{}
			}
			if email := e.Properties.Text("email", "main"); email != "" {
				profiles[e.Type][email] = true
				if !strings.HasSuffix(email, ".example") {
					t.Errorf("%q may be somebody's address", email)
				}
			}
		}
	}
	if events != plan.Events || len(ids) != events {
		t.Errorf("%d events with %d ids, want %d", events, len(ids), plan.Events)
	}
	var got []string
	for name := range types {
		got = append(got, name)
	}
	slices.Sort(got)
	if want := slices.Sorted(slices.Values(Types)); !slices.Equal(got, want) {
		t.Errorf("types %q, want %q", got, want)
	}
	for _, order := range [][2]string{{"page-view", "checkout-started"}, {"checkout-started", "checkout-completed"}, {"checkout-completed", "order-completed"}, {"sign-in", "sign-up"}} {
		if types[order[0]] < types[order[1]] {
			t.Errorf("%d %s but %d %s", types[order[0]], order[0], types[order[1]], order[1])
		}
	}
	if n := types["sign-up"]; n != len(profiles["sign-up"]) {
		t.Errorf("%d people signed up %d times", len(profiles["sign-up"]), n)
	}
	for _, s := range Sources() {
		if sources[s.ID] == 0 {
			t.Errorf("nothing comes from %s", s.ID)
		}
	}
}

// digest boils everything that a plan sends down to a number.
func digest(t *testing.T, plan Plan) string {
	t.Helper()
	sum := fnv.New64a()
	for _, p := range everything(t, plan) {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = sum.Write(text) // never fails
	}
	return fmt.Sprintf("%x", sum.Sum64())
}

func TestSameSeedSameVisitors(t *testing.T) {
	plan := Plan{Profiles: 20, Events: 400, Days: 10, Seed: 3, End: end}
	first := digest(t, plan)
	if again := digest(t, plan); again != first {
		t.Error("the same seed makes something else")
	}
	plan.Seed = 4
	if other := digest(t, plan); other == first {
		t.Error("another seed makes the same")
	}
}

// TestEventIDsDependOnTheSeedAlone lets a load be repeated on another day.
func TestEventIDsDependOnTheSeedAlone(t *testing.T) {
	list := func(end time.Time) (ids []string) {
		for _, p := range everything(t, Plan{Profiles: 20, Events: 400, Days: 10, Seed: 3, End: end}) {
			for _, e := range p.Events {
				ids = append(ids, e.ID)
			}
		}
		slices.Sort(ids)
		return ids
	}
	if !slices.Equal(list(end), list(end.Add(31*time.Hour))) {
		t.Error("the ids change with the day")
	}
}

func TestVisitorsAreServedInOrder(t *testing.T) {
	plan := Plan{Profiles: 40, Events: 900, Days: 5, Seed: 5, End: end}
	load := Load{Plan: plan, Workers: 8, NewSender: func() Sender {
		last := map[string]time.Time{}
		visitors := 0
		return func(_ context.Context, p *Payload, profile string) (string, error) {
			session := p.body["session"].(map[string]any)["id"].(string)
			if before, again := last[session]; again && (p.At.Before(before) || profile == "") {
				t.Errorf("a payload of %s after one of %s, with profile %q", p.At, before, profile)
			}
			last[session] = p.At
			if profile == "" {
				visitors++
				return fmt.Sprint("profile-", visitors), nil
			}
			return profile, nil
		}
	}}
	var reports []Progress
	load.Progress = func(p Progress) { reports = append(reports, p) }
	if err := load.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if last := reports[len(reports)-1]; last.Events != plan.Events || last.Total != plan.Events {
		t.Errorf("the last report is %+v", last)
	}
}

func TestLoadWaitsForABusyServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		load := Load{Plan: Plan{Profiles: 3, Events: 12, Days: 1, Seed: 1, End: end}, NewSender: func() Sender {
			return func(ctx context.Context, _ *Payload, _ string) (string, error) {
				for try := 1; ; try++ {
					if requests.Add(1)%2 == 0 {
						return "p", nil
					}
					if err := pause(ctx, try, &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: 3 * time.Second}); err != nil {
						return "", err
					}
				}
			}
		}}
		begun := time.Now()
		if err := load.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 3*time.Second {
			t.Errorf("took %v, less than the server asked for", took)
		}
	})
}

func TestLoadStopsAtAnError(t *testing.T) {
	broken := errors.New("broken")
	load := Load{Plan: Plan{Profiles: 300, Events: 900, Days: 1, End: end}, NewSender: func() Sender {
		return func(context.Context, *Payload, string) (string, error) { return "", broken }
	}}
	if err := load.Run(t.Context()); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestLoadStopsWhenItIsTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	load := Load{Plan: Plan{Profiles: 300, Events: 900, Days: 1, End: end}, NewSender: func() Sender {
		return func(context.Context, *Payload, string) (string, error) {
			cancel()
			return "p", nil
		}
	}}
	if err := load.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		load := Load{Plan: Plan{Profiles: 10, Events: 500, Days: 1, End: end}, Rate: 20, NewSender: func() Sender {
			return func(context.Context, *Payload, string) (string, error) { return "p", nil }
		}}
		begun := time.Now()
		if err := load.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 23*time.Second || took > 26*time.Second {
			t.Errorf("500 events at 20 a second took %v", took)
		}
	})
}
