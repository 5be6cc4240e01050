package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/outbox"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *pebble.Store {
	t.Helper()
	store, err := pebble.Open(t.Context(), t.TempDir(), pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// remote is a real queue that can be out of reach.
type remote struct {
	storage.Queue
	down chan struct{} // closed when it can be reached
}

func (r *remote) Publish(ctx context.Context, tenant string, msgs ...storage.Message) error {
	select {
	case <-r.down:
		return r.Queue.Publish(ctx, tenant, msgs...)
	default:
		return tracardi.Errorf(tracardi.Unavailable, "out of reach")
	}
}

// TestMessagesReachTheServerWithTheirChangeSets publishes with documents while the server is away: they are stored, and the
// messages arrive in their order once it is back. The message whose work they were is acknowledged.
func TestMessagesReachTheServerWithTheirChangeSets(t *testing.T) {
	records := open(t)
	far := &remote{open(t).Queue(), make(chan struct{})}
	box := outbox.New(records, records.Queue(), far)
	const n = 30
	for i := range n {
		set := &storage.ChangeSet{
			Tenant:  "acme",
			Writes:  []storage.Write{{Collection: storage.Profiles, Doc: storage.Doc{ID: fmt.Sprint(i), Time: time.Now(), Body: []byte(`{}`)}}},
			Publish: []storage.Message{{Topic: "deliver", ID: fmt.Sprintf("%02d", i), Key: "k", Body: []byte("b")}},
		}
		if i%2 == 0 {
			set.Done = &storage.Lease{Tenant: "acme", Token: []byte("of the server")}
		}
		if err := box.Records().Commit(set).Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- box.Run(ctx) }()
	close(far.down)
	var got []string
	all := make(chan struct{})
	go func() {
		ended <- box.Queue().Consume(ctx, "deliver", storage.Consume{}, func(_ context.Context, lease *storage.Lease) storage.Verdict {
			if got = append(got, lease.Message.ID); len(got) == n {
				close(all)
			}
			return storage.Committed()
		})
	}()
	select {
	case <-all:
	case <-time.After(30 * time.Second):
		t.Fatal("the messages do not arrive")
	}
	cancel()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	for i, id := range got {
		if id != fmt.Sprintf("%02d", i) {
			t.Fatalf("message %d is %s", i, id)
		}
	}
	if d, err := far.Depth(t.Context(), "acme", "deliver"); err != nil || d.Ready+d.Delayed != 0 {
		t.Errorf("after all were handled: %+v (%v)", d, err)
	}
}
