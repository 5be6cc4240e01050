package pipeline_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// road is a pipeline on a real store.
type road struct {
	*pipeline.Pipeline
	store  *pebble.Store
	source tracardi.Source
}

func newRoad(t testing.TB) *road {
	t.Helper()
	store, err := pebble.Open(t.Context(), t.TempDir(), pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	locks := memory.NewLocks()
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		if err := locks.Close(); err != nil {
			t.Error(err)
		}
	})
	return &road{
		Pipeline: pipeline.New(pipeline.Options{
			Records: store, Locks: locks, Hasher: identity.New(make([]byte, 32)),
			Agents: pipeline.NewAgents(), SystemEvents: true, Instance: "test", Log: slog.New(slog.DiscardHandler),
		}),
		store:  store,
		source: tracardi.Source{ID: "shop", Name: "Shop", Types: []string{tracardi.SourceREST}, Enabled: true, Channel: "Web"},
	}
}

// send processes a payload in the tracker's dialect.
func (r *road) send(t testing.TB, body string) *tracardi.Answer {
	t.Helper()
	payload, err := collect.Decode([]byte(body), collect.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	payload.Tenant, payload.ID = tracardi.DefaultTenant, uuid.NewString()
	answer, err := r.Process(t.Context(), payload, &r.source, nil)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (r *road) count(t testing.TB, c storage.Collection, query string) int64 {
	t.Helper()
	where, err := expr.ParseSearch(query, string(c))
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.store.Count(t.Context(), tracardi.DefaultTenant, c, storage.Query{Where: where})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (r *road) document(t testing.TB, c storage.Collection, id string, into any) {
	t.Helper()
	docs, err := r.store.Read(context.Background(), tracardi.DefaultTenant, c, []string{id})
	if err != nil {
		t.Fatal(err)
	}
	if docs[0].Body == nil {
		t.Fatalf("no %s %q", c, id)
	}
	if err := json.Unmarshal(docs[0].Body, into); err != nil {
		t.Fatal(err)
	}
}

const view = `{"source":{"id":"shop"},"session":{"id":%q},"profile":%s,"events":[{"type":"Page View","properties":{"n":1}}]}`

func TestNewVisitor(t *testing.T) {
	r := newRoad(t)
	answer := r.send(t, fmt.Sprintf(view, "s1", "null"))
	if answer.Session != "s1" || answer.Profile == "" {
		t.Fatalf("answer %+v names no session s1 and a profile", answer)
	}
	var profile tracardi.Profile
	r.document(t, storage.Profiles, answer.Profile, &profile)
	if profile.Metadata.Time.Visit.Count != 1 || !profile.HasID(answer.Profile) {
		t.Errorf("profile %+v has no first visit or not its own id", profile)
	}
	for _, name := range []string{"page-view", "profile-created", "session-opened", "visit-started"} {
		if n := r.count(t, storage.Events, `type = "`+name+`" AND session.id = "s1" AND profile.id = "`+answer.Profile+`"`); n != 1 {
			t.Errorf("%d events %s, want 1", n, name)
		}
	}
}

func TestWhoIsWho(t *testing.T) {
	r := newRoad(t)
	first := r.send(t, fmt.Sprintf(view, "s1", "null"))
	for _, c := range []struct{ name, session, profile, want string }{
		{"the session's profile", "s1", "null", first.Profile},
		{"the session's profile wins over another id", "s1", `{"id":"somebody-else"}`, first.Profile},
		{"a known profile in a new session", "s2", fmt.Sprintf(`{"id":%q}`, first.Profile), first.Profile},
	} {
		if got := r.send(t, fmt.Sprintf(view, c.session, c.profile)).Profile; got != c.want {
			t.Errorf("%s: profile %q, want %q", c.name, got, c.want)
		}
	}
	unknown := r.send(t, fmt.Sprintf(view, "s3", `{"id":"mine-i-say"}`))
	if unknown.Profile == "mine-i-say" || unknown.Profile == first.Profile {
		t.Errorf("an unknown id was adopted: %q", unknown.Profile)
	}
	r.source.StaticIDs = true
	if got := r.send(t, fmt.Sprintf(view, "s4", `{"id":"mine-i-say"}`)).Profile; got != "mine-i-say" {
		t.Errorf("a source with static ids made profile %q", got)
	}
}

func TestSameEventTwice(t *testing.T) {
	r := newRoad(t)
	body := `{"source":{"id":"shop"},"session":{"id":"s1"},"events":[{"id":"e1","type":"checkout-started","properties":{"value":10}},{"id":"e1","type":"checkout-started","properties":{"value":10}}]}`
	answer := r.send(t, body)
	again := r.send(t, body)
	if again.Profile != answer.Profile {
		t.Errorf("the second delivery answers profile %q, the first %q", again.Profile, answer.Profile)
	}
	if n := r.count(t, storage.Events, `type = "checkout-started"`); n != 1 {
		t.Errorf("%d events stored, want 1", n)
	}
	var profile tracardi.Profile
	r.document(t, storage.Profiles, answer.Profile, &profile)
	if started, _ := profile.Data.Get("metrics", "ltcosc"); started != 1.0 {
		t.Errorf("%v checkouts counted, want 1", started)
	}
}

func TestManyAtOnce(t *testing.T) {
	r := newRoad(t)
	const requests = 64
	profiles := make([]string, requests)
	var wait sync.WaitGroup
	for i := range requests {
		wait.Go(func() {
			profiles[i] = r.send(t, fmt.Sprintf(`{"source":{"id":"shop"},"session":{"id":"s1"},"events":[{"id":"e%d","type":"checkout-started","properties":{"value":2}}]}`, i)).Profile
		})
	}
	wait.Wait()
	for _, id := range profiles {
		if id != profiles[0] {
			t.Fatalf("one session has the profiles %q and %q", profiles[0], id)
		}
	}
	var profile tracardi.Profile
	r.document(t, storage.Profiles, profiles[0], &profile)
	if value, _ := profile.Data.Get("metrics", "ltcosv"); value != 2.0*requests {
		t.Errorf("the values add up to %v, want %v", value, 2.0*requests)
	}
	if n := r.count(t, storage.Profiles, ""); n != 1 {
		t.Errorf("%d profiles, want 1", n)
	}
}

func TestNotKept(t *testing.T) {
	r := newRoad(t)
	first := r.send(t, fmt.Sprintf(view, "s1", "null"))
	r.send(t, `{"source":{"id":"shop"},"session":{"id":"s1"},"options":{"saveProfile":false},"events":[{"type":"checkout-started","properties":{"value":5}}]}`)
	r.send(t, fmt.Sprintf(view, "s1", "null"))
	var profile tracardi.Profile
	r.document(t, storage.Profiles, first.Profile, &profile)
	if _, ok := profile.Data.Get("metrics", "ltcosv"); ok {
		t.Error("a change that was not to be saved came in with the next payload")
	}
	less := r.send(t, `{"source":{"id":"shop"},"session":{"id":"s9"},"profile_less":true,"options":{"saveSession":false},"events":[{"type":"a"}]}`)
	if less.Profile != "" || less.Session != "" {
		t.Errorf("a profile-less payload whose session is not kept answers %+v", less)
	}
}

func BenchmarkNewVisitors(b *testing.B) {
	r := newRoad(b)
	b.ReportAllocs()
	b.SetParallelism(128) // waiting for the disk is shared
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r.send(b, fmt.Sprintf(view, uuid.NewString(), "null"))
		}
	})
}
