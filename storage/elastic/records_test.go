package elastic_test

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// servers are the versions that the suite runs against, by the variable with the URL of each. The first two are the newest.
var servers = []struct {
	name, variable, scheme string
	without                []string
}{
	{"Elasticsearch9", "TRACARDI_TEST_ELASTICSEARCH_URL", "elasticsearch", nil},
	{"OpenSearch3", "TRACARDI_TEST_OPENSEARCH_URL", "opensearch", nil},
	{"Elasticsearch8", "TRACARDI_TEST_ELASTICSEARCH8_URL", "elasticsearch", manyQuestions},
	{"OpenSearch2", "TRACARDI_TEST_OPENSEARCH2_URL", "opensearch", manyQuestions},
}

// manyQuestions are tests that ask, by the thousand, what others ask once: what they prove is decided in this process, and the
// same on every version.
var manyQuestions = []string{
	"forty writers of one profile lose no update",
	"readers and writers do not hinder each other",
	"reads see what is durable",
	"tenants do not see each other",
	"dropping a tenant leaves the others",
	"after deleting everything agrees",
	"a histogram has the intervals of its zone",
	"a document may have a thousand members",
	"members may have any name",
	"a field may change its type",
}

var installations atomic.Int64

// address makes the address of an installation of its own.
func address(t testing.TB, scheme, web string) string {
	t.Helper()
	host, ok := strings.CutPrefix(web, "http://")
	if !ok {
		t.Fatalf("%s does not begin with http://", web)
	}
	return fmt.Sprintf("%s://%s?prefix=t%x-%d", scheme, host, time.Now().UnixNano(), installations.Add(1))
}

// open opens a store at an address, which the caller closes.
func open(t testing.TB, at string) *elastic.Store {
	t.Helper()
	return openWith(t, at, elastic.Options{})
}

func openWith(t testing.TB, at string, o elastic.Options) *elastic.Store {
	t.Helper()
	a, err := elastic.ParseAddress(at)
	if err != nil {
		t.Fatal(err)
	}
	s, err := elastic.Open(context.Background(), a, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fresh opens an empty store, which closes and whose indices go when the test ends.
func fresh(t testing.TB, at string) *elastic.Store {
	t.Helper()
	s := open(t, at)
	t.Cleanup(func() { s.Close() }) //nolint:errcheck // closed below once more
	t.Cleanup(func() {
		s := open(t, at) // the test may have closed the other
		if err := s.Wipe(context.Background()); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// tenants are the records of one test in a store that it shares with others: its tenants have names of their own. Making
// indices anew for each test would take most of the time.
type tenants struct {
	*elastic.Store
	name string
}

func (t tenants) own(tenant string) string { return t.name + tenant }

func (t tenants) Commit(set *storage.ChangeSet) storage.Ticket {
	own := *set
	own.Tenant = t.own(set.Tenant)
	return t.Store.Commit(&own)
}

func (t tenants) Read(ctx context.Context, tenant string, c storage.Collection, ids []string) ([]storage.Doc, error) {
	return t.Store.Read(ctx, t.own(tenant), c, ids)
}

func (t tenants) Search(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (storage.Page, error) {
	return t.Store.Search(ctx, t.own(tenant), c, q)
}

func (t tenants) Count(ctx context.Context, tenant string, c storage.Collection, q storage.Query) (int64, error) {
	return t.Store.Count(ctx, t.own(tenant), c, q)
}

func (t tenants) Histogram(ctx context.Context, tenant string, c storage.Collection, q storage.Query, i storage.Interval, by string) ([]storage.Bucket, error) {
	return t.Store.Histogram(ctx, t.own(tenant), c, q, i, by)
}

func (t tenants) Top(ctx context.Context, tenant string, c storage.Collection, q storage.Query, field string, n int) ([]storage.Value, error) {
	return t.Store.Top(ctx, t.own(tenant), c, q, field, n)
}

func (t tenants) Scan(ctx context.Context, tenant string, c storage.Collection, q storage.Query) iter.Seq2[storage.Doc, error] {
	return t.Store.Scan(ctx, t.own(tenant), c, q)
}

func (t tenants) Arrivals(ctx context.Context, tenant string, c storage.Collection, after string, limit int) (storage.Page, error) {
	return t.Store.Arrivals(ctx, t.own(tenant), c, after, limit)
}

func (t tenants) Fields(ctx context.Context, tenant string, c storage.Collection) ([]storage.FieldInfo, error) {
	return t.Store.Fields(ctx, t.own(tenant), c)
}

func (t tenants) Delete(ctx context.Context, tenant string, c storage.Collection, ids []string) (int, error) {
	return t.Store.Delete(ctx, t.own(tenant), c, ids)
}

func (t tenants) Drop(ctx context.Context, tenant string) error {
	return t.Store.Drop(ctx, t.own(tenant))
}

// tenantsQueue is the queue of the same tenants.
type tenantsQueue struct {
	storage.Queue
	of tenants
}

func (q tenantsQueue) Depth(ctx context.Context, tenant, topic string) (storage.Depth, error) {
	return q.Queue.Depth(ctx, q.of.own(tenant), topic)
}

func refresh(t rapid.TB, s storage.Records) {
	if err := s.(tenants).Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestRecords(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			at := address(t, server.scheme, storagetest.Server(t, server.variable))
			fresh(t, at)
			box, err := pebble.Open(t.Context(), t.TempDir(), pebble.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { box.Close() }) //nolint:errcheck // nothing is kept
			options := storagetest.RecordsOptions{Refresh: refresh}
			options.Queue = func(s storage.Records) storage.Queue { return tenantsQueue{box.Queue(), s.(tenants)} }
			options.Without = server.without
			options.Parts = func(s storage.Records, now time.Time) { s.(tenants).Store.At(now) }
			options.Reopen = func(t *testing.T, s storage.Records) storage.Records {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				return tenants{open(t, at), s.(tenants).name}
			}
			storagetest.Records(t, func(t *testing.T) storage.Records {
				return tenants{openWith(t, at, elastic.Options{Queue: box.Queue}), fmt.Sprintf("test %d ", installations.Add(1))}
			}, options)
		})
	}
}
