package pipeline_test

import (
	"context"
	"iter"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/storage"
)

// TestLostMessagesAreMadeUpFor takes away the message that should wake a run. Behind its time the run is woken, however often
// somebody looks, once; one that has still time is left alone.
func TestLostMessagesAreMadeUpFor(t *testing.T) {
	r := waitingRoad(t, "2s")
	r.send(t, event("s1", "basket-updated", ""))
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	must(t, r.store.Queue().Consume(ctx, pipeline.FlowTopic, storage.Consume{Workers: 1}, func(context.Context, *storage.Lease) storage.Verdict {
		stop()
		return storage.Done()
	}))
	r.work(t)
	depth := func() int64 {
		d, err := r.store.Queue().Depth(t.Context(), tracardi.DefaultTenant, pipeline.FlowTopic)
		must(t, err)
		return d.Ready + d.Delayed
	}
	must(t, r.WakeOverdueOnce(t.Context()))
	if n := depth(); n != 0 {
		t.Errorf("%d messages for a run that has still time", n)
	}
	r.ahead.Store(int64(time.Hour))
	for range 3 {
		must(t, r.WakeOverdueOnce(t.Context()))
	}
	r.eventually(t, 1, storage.Runs, `status = "failed"`)
	r.eventually(t, 1, storage.Profiles, `traits.came = "error"`)
	if n := r.count(t, storage.Runs, `status = "waiting"`); n != 0 {
		t.Errorf("%d runs still wait", n)
	}
}

// scanned counts the documents that scans give.
type scanned struct {
	storage.Records
	count int
}

func (s *scanned) Scan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	return func(yield func(storage.Doc, error) bool) {
		for doc, err := range s.Records.Scan(ctx, tenant, c, q) {
			if s.count++; !yield(doc, err) {
				return
			}
		}
	}
}

// TestOnlyOverdueRunsAreRead looks for overdue runs while some wait that have still time: the store does not give them out, since
// there may be very many.
func TestOnlyOverdueRunsAreRead(t *testing.T) {
	r := waitingRoad(t, "3h")
	const n = 5
	for i := range n {
		r.send(t, event("s"+strconv.Itoa(i), "basket-updated", ""))
	}
	for _, c := range []struct {
		ahead time.Duration
		want  int
	}{{time.Hour, 0}, {4 * time.Hour, n}} {
		records := &scanned{Records: r.store}
		p := pipeline.New(pipeline.Options{
			Records: records, Log: slog.New(slog.DiscardHandler), Workspace: r.workspace, Queue: r.store.Queue(),
			Now: func() time.Time { return time.Now().Add(c.ahead) },
		})
		must(t, p.WakeOverdueOnce(t.Context()))
		if records.count != c.want {
			t.Errorf("after %v: %d runs are read, want %d", c.ahead, records.count, c.want)
		}
	}
}
