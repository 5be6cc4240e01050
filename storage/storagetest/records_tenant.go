package storagetest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage"
)

var recordsTenantTests = []recordsTest{
	{"tenants do not see each other", recordsTenants},
	{"dropping a tenant leaves the others", recordsDrop},
	{"a dropped tenant starts anew", recordsDropAgain},
}

// recordsAnswers are what each reading method says of a tenant, in words.
func recordsAnswers(t *testing.T, s storage.Records, tenant string) map[string]string {
	t.Helper()
	answers := map[string]string{}
	for _, schema := range storage.Schemas {
		c := schema.Collection
		say := func(method string, answer any) {
			answers[fmt.Sprintf("%s of %s", method, c)] = fmt.Sprintf("%v", answer)
		}
		say("read", compact(read(t, s, tenant, c, "1", "2", "x")))
		say("search", compact(searchAll(t, s, tenant, c, storage.Query{Limit: 2})))
		say("search by key", ids(searchAll(t, s, tenant, c, find(t, `profile.id = "p"`))))
		say("count", count(t, s, tenant, c, storage.Query{}))
		say("count some", count(t, s, tenant, c, find(t, `mark EXISTS`)))
		say("histogram", histogram(t, s, tenant, c, storage.Query{}, storage.Interval{Width: time.Hour}, "mark"))
		say("top", top(t, s, tenant, c, storage.Query{}, "mark", 9))
		say("top type", top(t, s, tenant, c, storage.Query{}, "type", 9))
		say("scan", ids(scan(t, s, tenant, c, storage.Query{})))
		say("fields", fieldsOf(t, s, tenant, c))
	}
	return answers
}

// furnish writes documents with equal ids and other contents for each tenant.
func furnish(t *testing.T, rs *recordsSuite, s storage.Records, tenant string) {
	t.Helper()
	for _, schema := range storage.Schemas {
		for i := range 3 {
			ok(t, commit(s, tenant, record(schema.Collection, strconv.Itoa(i), noon.Add(time.Duration(i)*time.Hour), members{
				"mark": tenant + "!", "type": tenant, "only " + tenant: true, "profile": members{"id": "p"},
			})))
		}
	}
	rs.refresh(t, s)
}

func recordsTenants(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	alone := map[string]map[string]string{}
	names := []string{"a", "b", "ab", "a\x00", "A", "", "ü", "a/b"}
	nothing := recordsAnswers(t, s, "nobody")
	for _, tenant := range names {
		same(t, "scan of an empty tenant", len(scan(t, s, tenant, storage.Events, storage.Query{})), 0)
		furnish(t, rs, s, tenant)
		alone[tenant] = recordsAnswers(t, s, tenant)
		same(t, "count of one tenant", alone[tenant]["count of event"], "3")
	}
	same(t, "answers of an empty tenant beside others", recordsAnswers(t, s, "nobody"), nothing)
	for _, tenant := range names {
		same(t, fmt.Sprintf("answers of tenant %q beside others", tenant), recordsAnswers(t, s, tenant), alone[tenant])
	}
	n, err := s.Delete(t.Context(), "b", storage.Events, []string{"0", "1", "2"})
	ok(t, err)
	same(t, "deleted", n, 3)
	ok(t, commit(s, "ab", profile("1", 1, noon, nil)))
	rs.refresh(t, s)
	for _, tenant := range names {
		if tenant != "b" && tenant != "ab" {
			same(t, fmt.Sprintf("answers of tenant %q after others changed", tenant), recordsAnswers(t, s, tenant), alone[tenant])
		}
	}
	same(t, "events of b", count(t, s, "b", storage.Events, storage.Query{}), 0)
}

func recordsDrop(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	names := []string{"a", "b", "a\x00", "ab"}
	nothing := recordsAnswers(t, s, "nobody")
	before := map[string]map[string]string{}
	for _, tenant := range names {
		furnish(t, rs, s, tenant)
		before[tenant] = recordsAnswers(t, s, tenant)
	}
	for i, tenant := range names {
		ok(t, commit(s, tenant, event("late", noon, nil)))
		ok(t, s.Drop(t.Context(), tenant))
		rs.refresh(t, s)
		same(t, fmt.Sprintf("answers of dropped tenant %q", tenant), recordsAnswers(t, s, tenant), nothing)
		for _, other := range names[i+1:] {
			same(t, fmt.Sprintf("answers of tenant %q", other), recordsAnswers(t, s, other), before[other])
		}
	}
	ok(t, s.Drop(t.Context(), "a"))
}

func recordsDropAgain(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	for range 3 {
		furnish(t, rs, s, acme)
		same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 3)
		rs.store(t, s, acme, some(40, func(int) members { return nil })...)
		same(t, "more events", count(t, s, acme, storage.Events, storage.Query{}), 43)
		same(t, "listed", len(slices.Compact(ids(searchAll(t, s, acme, storage.Events, storage.Query{})))), 43)
		ok(t, s.Drop(t.Context(), acme))
		rs.refresh(t, s)
	}
}
