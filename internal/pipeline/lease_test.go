package pipeline_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// TestLostLeasesDoNoHarm has two processes, each with a cache of its own, work on one profile, while each believes that it alone
// holds the locks: as when a lease ran out because its holder was frozen. The versions of the documents decide, whoever is late
// begins again, and the sums are exact.
func TestLostLeasesDoNoHarm(t *testing.T) {
	first := newRoad(t)
	second := &road{store: first.store, source: first.source}
	locks := memory.NewLocks() // of its own: it keeps nobody in the first process away
	defer locks.Close()        // never fails
	second.Pipeline = pipeline.New(pipeline.Options{
		Records: first.store, Locks: locks, Hasher: identity.New(make([]byte, 32)),
		Agents: pipeline.NewAgents(), SystemEvents: true, Instance: "second", Log: slog.New(slog.DiscardHandler),
	})
	const each = 60
	var running sync.WaitGroup
	for i, process := range []*road{first, second} {
		running.Go(func() {
			for n := range each {
				process.sendAgain(t, fmt.Sprintf(`{"source":{"id":"shop"},"session":{"id":"s1"},"events":[`+
					`{"id":"e%d-%d","type":"checkout-started","properties":{"value":2}}]}`, i, n))
			}
		})
	}
	running.Wait()
	if n := first.count(t, storage.Events, `type = "checkout-started"`); n != 2*each {
		t.Errorf("%d events, want %d", n, 2*each)
	}
	for _, c := range []storage.Collection{storage.Profiles, storage.Sessions} {
		if n := first.count(t, c, ""); n != 1 {
			t.Errorf("%d documents in %s, want 1", n, c)
		}
	}
	answer := first.send(t, `{"source":{"id":"shop"},"session":{"id":"s1"},"events":[{"type":"page-view"}]}`)
	var profile tracardi.Profile
	first.document(t, storage.Profiles, answer.Profile, &profile)
	if value, _ := profile.Data.Get("metrics", "ltcosv"); value != 4.0*each {
		t.Errorf("the values add up to %v, want %v", value, 4.0*each)
	}
}

// sendAgain sends until the payload is taken, as a client does that is told to come back.
func (r *road) sendAgain(t testing.TB, body string) {
	for deadline := time.Now().Add(30 * time.Second); ; {
		payload, err := collect.Decode([]byte(body), collect.DefaultLimits)
		if err != nil {
			t.Error(err)
			return
		}
		payload.Tenant, payload.ID = tracardi.DefaultTenant, uuid.NewString()
		_, err = r.Process(t.Context(), payload, &r.source, nil)
		if err == nil {
			return
		}
		if tracardi.KindOf(err) != tracardi.Unavailable || time.Now().After(deadline) {
			t.Error(err)
			return
		}
	}
}
