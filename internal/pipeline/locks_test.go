package pipeline_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
)

// watched are records that look, before they say that profiles are stored, whether somebody else can have their locks.
type watched struct {
	storage.Records
	locks storage.Locks
	held  atomic.Int64
	free  atomic.Int64
}

type watchedTicket struct {
	storage.Ticket
	records  *watched
	tenant   string
	profiles []string
}

func (w *watched) Commit(set *storage.ChangeSet) storage.Ticket {
	t := &watchedTicket{records: w, tenant: set.Tenant}
	for i := range set.Writes {
		if set.Writes[i].Collection == storage.Profiles && set.Writes[i].Doc.Version > 0 { // a new one has no lock: nobody knows its id
			t.profiles = append(t.profiles, set.Writes[i].Doc.ID)
		}
	}
	t.Ticket = w.Records.Commit(set)
	return t
}

func (t *watchedTicket) Wait(ctx context.Context) error {
	for _, id := range t.profiles {
		soon, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		lock, err := t.records.locks.Lock(soon, t.tenant, "profile/"+id, time.Minute)
		cancel()
		if err == nil {
			t.records.free.Add(1)
			lock.Unlock()
		} else {
			t.records.held.Add(1)
		}
	}
	return t.Ticket.Wait(ctx)
}

// TestLocksAreHeldUntilStored: where other processes share the records, a profile that is not stored yet must not be seen by the
// next payload. If another process's change came first, the next one would have been made from what never was.
func TestLocksAreHeldUntilStored(t *testing.T) {
	r := newFlowRoad(t)
	locks := memory.NewLocks()
	t.Cleanup(func() { must(t, locks.Close()) })
	records := &watched{Records: r.store, locks: locks}
	r.Pipeline = pipeline.New(pipeline.Options{
		Records: records, Locks: locks, HoldLocks: true, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(), Instance: "test",
		Log: slog.New(slog.DiscardHandler), Workspace: r.workspace, Queue: r.store.Queue(), Cache: r.cache, Message: collect.Message,
	})
	r.publish(t, "f", `
		s control.start
		w try.wait {"for": "10ms"}
		c try.change {"set": {"profile@traits.done": "event@properties.n"}}
		s.payload -> w
		w.payload -> c`)
	r.on(t, workspace.Trigger{Name: "f", Flow: "f", EventType: "go"})
	r.send(t, event("s1", "go", `{"n": 1}`))
	r.send(t, event("s1", "go", `{"n": 2}`))
	r.work(t)
	r.eventually(t, 2, storage.Runs, `status = "done"`)
	for deadline := time.Now().Add(20 * time.Second); records.held.Load()+records.free.Load() < 2 && time.Now().Before(deadline); {
		<-time.After(5 * time.Millisecond) // the workers are still looking
	}
	if held, free := records.held.Load(), records.free.Load(); held < 2 || free > 0 {
		t.Errorf("at %d commits the lock of the profile was held, at %d it was free", held, free)
	}
}
