package storagetest

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var queueTenantTests = []test[storage.Queue]{
	{"tenants do not see each other", queueTenants},
	{"equal keys of two tenants do not wait for each other", queueTenantKeys},
}

func queueTenants(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	same(t, "depth", depth(t, q, "acme", topic), storage.Depth{})
	// The same ids and keys, and names that run into each other.
	tenants := []string{"acme", "acm", "acmework", "Acme", "acme ", "acme/", "acme.work"}
	for i, tenant := range tenants {
		publish(t, q, tenant, numbered("a", 1, i+3)...)
		later := message("later", "later")
		later.Due = time.Now().Add(long)
		publish(t, q, tenant, later)
	}
	others := func(what string) {
		t.Helper()
		for i, tenant := range tenants[1:] {
			d := depth(t, q, tenant, topic)
			same(t, what+": messages of "+tenant, []int64{d.Ready, d.Delayed, d.Dead}, []int64{int64(i) + 4, 1, 0})
			same(t, what+": number of dead letters of "+tenant, len(deadLetters(t, q, tenant)), 0)
		}
	}
	others("published")
	// One tenant's messages die, the others' wait.
	got := &log{t: t}
	running := qs.consume(t, q, topic, storage.Consume{Workers: 2}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Tenant == "acme" {
			return storage.Dead("bad")
		}
		return storage.Again(long)
	}))
	qs.eventually(t, "three are dead", func() bool { return depth(t, q, "acme", topic).Dead == 3 })
	qs.eventually(t, "the others were tried", func() bool { return got.count() == 3+len(tenants)-1 })
	qs.stop(t, running)
	same(t, "dead letters", messageIDs(deadLetters(t, q, "acme")), []string{"a-01", "a-02", "a-03"})
	for i, tenant := range tenants[1:] {
		same(t, "number of dead letters of "+tenant, len(deadLetters(t, q, tenant)), 0)
		n, err := q.Replay(t.Context(), tenant, topic, "a-02", "a-03")
		ok(t, err)
		same(t, "replayed of another tenant", n, 0)
		n, err = q.Replay(t.Context(), tenant, topic)
		ok(t, err)
		same(t, "all replayed of another tenant", n, 0)
		d := depth(t, q, tenant, topic)
		same(t, "messages of "+tenant, d.Ready+d.Delayed, int64(i)+5)
	}
	n, err := q.Replay(t.Context(), "acme", topic)
	ok(t, err)
	same(t, "replayed", n, 3)
}

func queueTenantKeys(t *testing.T, qs *queueSuite) {
	q := qs.open(t)
	publish(t, q, "slow", numbered("a", 1, 3)...)
	publish(t, q, "quick", numbered("a", 1, 3)...)
	finish := make(chan struct{})
	got := &log{t: t}
	qs.consume(t, q, topic, storage.Consume{Workers: 2}, got.handler(func(lease *storage.Lease) storage.Verdict {
		if lease.Tenant == "slow" {
			<-finish
		}
		return storage.Done()
	}))
	qs.eventually(t, "the quick tenant is served", func() bool { return depth(t, q, "quick", topic).Ready == 0 })
	same(t, "messages of the slow tenant", depth(t, q, "slow", topic).Ready, 3)
	close(finish)
	qs.eventually(t, "the slow tenant is served", func() bool { return depth(t, q, "slow", topic).Ready == 0 })
}
