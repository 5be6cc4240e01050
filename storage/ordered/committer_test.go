package ordered_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/ordered"
)

// timed is a store in which each writing takes a time. It notes how many documents came at once.
type timed struct {
	takes time.Duration
	mu    sync.Mutex
	puts  []int
}

func (e *timed) Documents(set *storage.ChangeSet) (docs []*ordered.Document, err error) {
	for i := range set.Writes {
		docs = append(docs, &ordered.Document{Key: set.Writes[i].Doc.ID})
	}
	return docs, nil
}

func (e *timed) Put(_ context.Context, docs []*ordered.Document) []ordered.Result {
	e.mu.Lock()
	e.puts = append(e.puts, len(docs))
	e.mu.Unlock()
	time.Sleep(e.takes) //lint:allow sleep in a bubble: that is how long a writing takes
	return make([]ordered.Result, len(docs))
}

func (e *timed) Look(context.Context, []*ordered.Document) error               { return nil }
func (e *timed) Note(context.Context, string, []byte, []string) error          { return nil }
func (e *timed) Entries(context.Context, ...string) (map[string][]byte, error) { return nil, nil }

// TestFlights lets one change set go, and others come a millisecond later: they share the next batch, which goes when the one before
// has landed, but not much later than they came, nor once there are enough of them.
func TestFlights(t *testing.T) {
	const few, many = 10, 500
	for name, c := range map[string]struct {
		takes time.Duration
		sets  int
		puts  []int
		lasts time.Duration // until all are stored, from the first one on
	}{
		"quick store": {20 * time.Millisecond, few, []int{1, few}, 40 * time.Millisecond},
		"slow store":  {time.Second, few, []int{1, few}, 1050 * time.Millisecond},
		"full batch":  {time.Second, many, []int{1, many}, 1001 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				engine := &timed{takes: c.takes}
				committer := ordered.New(engine, ordered.Options{})
				defer committer.Close()
				began, made := time.Now(), 0
				commit := func(writes int) storage.Ticket {
					set := &storage.ChangeSet{Tenant: "acme"}
					for range writes {
						made++
						set.Writes = append(set.Writes, storage.Write{Collection: storage.Events, Doc: storage.Doc{ID: strconv.Itoa(made)}})
					}
					return committer.Commit(set)
				}
				tickets := []storage.Ticket{commit(1)}
				time.Sleep(time.Millisecond) //lint:allow sleep in a bubble: the first one goes alone
				for range few {
					tickets = append(tickets, commit(c.sets/few))
				}
				for _, ticket := range tickets {
					if err := ticket.Wait(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if lasted := time.Since(began); lasted != c.lasts {
					t.Errorf("all were stored after %v, want %v", lasted, c.lasts)
				}
				total := 0
				for _, n := range engine.puts {
					total += n
				}
				if len(engine.puts) > 3 || total != 1+c.sets || engine.puts[0] != 1 {
					t.Errorf("documents were written in batches of %d, want %d", engine.puts, c.puts)
				}
			})
		})
	}
}

// heard is a queue that takes messages.
type heard struct {
	storage.Queue
	ids []string
}

func (h *heard) Publish(_ context.Context, _ string, messages ...storage.Message) error {
	for _, m := range messages {
		h.ids = append(h.ids, m.ID)
	}
	return nil
}

// TestMessagesAlone sends a change set that writes nothing: its messages are published.
func TestMessagesAlone(t *testing.T) {
	queue := &heard{}
	committer := ordered.New(&timed{}, ordered.Options{Queue: func() storage.Queue { return queue }})
	defer committer.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	ticket := committer.Commit(&storage.ChangeSet{Tenant: "acme", Publish: []storage.Message{{Topic: "flow", ID: "m"}}})
	if err := ticket.Wait(ctx); err != nil || len(queue.ids) != 1 {
		t.Errorf("published %v: %v", queue.ids, err)
	}
}
