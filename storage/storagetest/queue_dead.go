package storagetest

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var queueDeadTests = []test[storage.Queue]{
	{"dead letters keep their content and reason", queueDeadLetters},
	{"dead letters are listed oldest first, up to a limit", queueDeadLimit},
	{"dead letters are replayed by id", queueReplayIDs},
	{"dead letters are replayed all at once", queueReplayAll},
	{"a replayed message can die again", queueDeadAgain},
	{"dead letters are discarded for good", queueDiscard},
}

func dead(*storage.Lease) storage.Verdict { return storage.Dead("refused: \u00e4 \x00 'x'") }

func queueDeadLetters(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "acme", message("k", "a"))
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Message.Attempt < 3 {
			return storage.Again(time.Millisecond)
		}
		return dead(lease)
	}), "acme")
	want := got.leases[2].Message
	want.Reason = "refused: \u00e4 \x00 'x'"
	letters := deadLetters(t, qs.peer(t, q), "acme")
	same(t, "number of dead letters", len(letters), 1)
	for i := range letters {
		if !letters[i].At.Equal(want.At) {
			t.Errorf("published at %v, want %v", letters[i].At, want.At)
		}
		letters[i].At, letters[i].Due, want.At, want.Due = time.Time{}, time.Time{}, time.Time{}, time.Time{}
		same(t, "dead letter", letters[i], want)
	}
	same(t, "depth", depth(t, q, "acme", topic), storage.Depth{Dead: 1})
	same(t, "attempts of the dead letter", want.Attempt, 3)
}

// bury makes dead letters with the ids key-01, key-02 and so on.
func (s *suite[S]) bury(t *testing.T, q storage.Queue, tenant, key string, n int) {
	t.Helper()
	publish(t, q, tenant, numbered(key, 1, n)...)
	s.drain(t, q, topic, storage.Consume{Workers: 2}, (&log{t: t}).handler(dead), tenant)
	same(t, "dead letters", depth(t, q, tenant, topic).Dead >= int64(n), true)
}

func queueDeadLimit(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	qs.bury(t, q, "acme", "a", 12)
	want := messageIDs(numbered("a", 1, 12))
	for _, limit := range []int{1, 5, 12, 100} {
		letters, err := q.DeadLetters(t.Context(), "acme", topic, limit)
		ok(t, err)
		same(t, "dead letters", messageIDs(letters), want[:min(limit, 12)])
	}
	letters, err := q.DeadLetters(t.Context(), "acme", "another topic", 10)
	ok(t, err)
	same(t, "dead letters of another topic", len(letters), 0)
}

func queueReplayIDs(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	qs.bury(t, q, "acme", "a", 5)
	n, err := q.Replay(t.Context(), "acme", topic, "a-02", "none", "a-04")
	ok(t, err)
	same(t, "replayed", n, 2)
	same(t, "dead letters", messageIDs(deadLetters(t, q, "acme")), []string{"a-01", "a-03", "a-05"})
	same(t, "ready", depth(t, q, "acme", topic).Ready, 2)
	n, err = q.Replay(t.Context(), "acme", topic, "a-02")
	ok(t, err)
	same(t, "replayed twice", n, 0)
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{}, got.handler(func(lease *storage.Lease) storage.Verdict {
		same(t, "body", string(lease.Message.Body), lease.Message.ID)
		return storage.Done()
	}), "acme")
	seen := got.seen("a")
	slices.Sort(seen)
	same(t, "deliveries, as first attempts", seen, []string{"a-02", "a-04"})
}

func queueReplayAll(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	qs.bury(t, q, "acme", "a", 30)
	qs.bury(t, q, "acme", "b", 3)
	n, err := qs.peer(t, q).Replay(t.Context(), "acme", topic)
	ok(t, err)
	same(t, "replayed", n, 33)
	same(t, "number of dead letters", len(deadLetters(t, q, "acme")), 0)
	got := &log{t: t}
	qs.drain(t, q, topic, storage.Consume{Workers: 3}, got.handler(done), "acme")
	same(t, "deliveries", got.seen("a"), messageIDs(numbered("a", 1, 30)))
	same(t, "deliveries of another key", got.seen("b"), messageIDs(numbered("b", 1, 3)))
	same(t, "depth", depth(t, q, "acme", topic), storage.Depth{})
}

func queueDeadAgain(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	qs.bury(t, q, "acme", "a", 1)
	for i := range 3 {
		n, err := q.Replay(t.Context(), "acme", topic)
		ok(t, err)
		same(t, "replayed", n, 1)
		reason := "reason " + strconv.Itoa(i)
		qs.drain(t, q, topic, storage.Consume{}, (&log{t: t}).handler(func(*storage.Lease) storage.Verdict {
			return storage.Dead(reason)
		}), "acme")
		letters := deadLetters(t, q, "acme")
		same(t, "number of dead letters", len(letters), 1)
		same(t, "reason", letters[0].Reason, reason)
	}
}

func queueDiscard(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	qs.bury(t, q, "acme", "a", 300)
	qs.bury(t, q, "other", "a", 2)
	publish(t, q, "acme", message("b", "a-ready"))
	asked := map[string]int{}
	discard := func(odd bool) int {
		t.Helper()
		n, err := q.Discard(t.Context(), "acme", topic, func(m *storage.Message) bool {
			same(t, "body", string(m.Body), m.ID)
			asked[m.ID]++
			return !odd || m.ID[len(m.ID)-1]%2 == 1
		})
		ok(t, err)
		return n
	}
	same(t, "discarded", discard(true), 150)
	same(t, "letters that were asked about", len(asked), 300)
	for id, n := range asked {
		if n != 1 {
			t.Errorf("asked %d times about %s", n, id)
		}
	}
	for _, letter := range deadLetters(t, qs.peer(t, q), "acme") {
		if letter.ID[len(letter.ID)-1]%2 == 1 {
			t.Errorf("%s is still there", letter.ID)
		}
	}
	same(t, "depth", depth(t, q, "acme", topic).Dead, 150)
	same(t, "discarded", discard(false), 150)
	same(t, "discarded when there are none", discard(false), 0)
	n, err := q.Replay(t.Context(), "acme", topic)
	ok(t, err)
	same(t, "replayed", n, 0)
	same(t, "dead letters of another tenant", len(deadLetters(t, q, "other")), 2)
	same(t, "ready", depth(t, q, "acme", topic).Ready, 1)
}
