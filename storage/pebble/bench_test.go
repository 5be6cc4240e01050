package pebble_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// shopEvent makes an event like those of a shop's site, of about 900 bytes, with the keys and groups that the platform gives.
func shopEvent(n int) storage.Write {
	at := noon.Add(time.Duration(n) * 20 * time.Millisecond)
	kind := []string{"page-view", "page-view", "page-view", "page-view", "product-view", "product-view", "search", "add-to-cart", "purchase", "sign-in"}[rand.IntN(10)]
	person, visit := "p"+strconv.Itoa(rand.IntN(200_000)), "s"+strconv.Itoa(rand.IntN(400_000))
	id := fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
	stamp := tracardi.AppendTime(nil, at)
	country := []string{"DE", "DE", "FR", "PL", "PL", "ES", "US"}[rand.IntN(7)]
	body := fmt.Appendf(nil, `{"id":%q,"name":%q,"type":%q,"metadata":{"time":{"insert":%s,"create":%s,"process_time":0.00%d},"ip":"10.%d.%d.%d","status":"collected","channel":"web"},`+
		`"source":{"id":"web-%d"},"device":{"name":"Other","type":"desktop","resolution":"1920x1080","geo":{"country":{"code":%q,"name":"somewhere"},"city":"city-%d"}},`+
		`"os":{"name":"Linux","version":"6.%d"},"app":{"name":"Chrome","version":"14%d.0.0","bot":false,"language":"de-DE"},`+
		`"session":{"id":%q,"start":%s,"duration":%d},"profile":{"id":%q},"context":{"page":{"url":"https://shop.example/c%d/p%d","path":"/c%d/p%d","title":"Product %d","referer":{"host":"search.example"}},`+
		`"tracker":{"version":"1.0.0"}},"properties":{"price":%d.%02d,"currency":"EUR","quantity":%d,"sku":"sku-%d","tags":["a","b"]}}`,
		id, kind, kind, stamp, stamp, rand.IntN(9), rand.IntN(256), rand.IntN(256), rand.IntN(256), n%3, country, rand.IntN(200), rand.IntN(20), rand.IntN(10), visit, stamp, rand.IntN(3600), person,
		n%50, rand.IntN(5000), n%50, rand.IntN(5000), rand.IntN(5000), rand.IntN(200), rand.IntN(100), 1+rand.IntN(4), rand.IntN(5000))
	return storage.Write{Collection: storage.Events, Doc: storage.Doc{
		ID: id, Time: at, Body: body,
		Keys:   []storage.Key{{Field: 0, Value: person}, {Field: 1, Value: visit}},
		Groups: []string{kind, "web-" + strconv.Itoa(n%3)},
	}}
}

func openBench(b *testing.B, dir string) *pebble.Store {
	b.Helper()
	s, err := pebble.Open(b.Context(), dir, pebble.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// BenchmarkCommit stores events, one in a change set, for 64 requests at once.
func BenchmarkCommit(b *testing.B) {
	s := openBench(b, b.TempDir())
	events := make([]storage.Write, 4096)
	for i := range events {
		events[i] = shopEvent(i)
	}
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ReportAllocs()
	var at sync.Map
	b.RunParallel(func(p *testing.PB) {
		n := rand.IntN(len(events))
		for p.Next() {
			n++
			set := &storage.ChangeSet{Tenant: acme, Writes: events[n%len(events) : n%len(events)+1]}
			if err := s.Commit(set).Wait(b.Context()); err != nil {
				at.Store("error", err)
				return
			}
		}
	})
	if err, failed := at.Load("error"); failed {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "docs/s")
}

// benchFolder is kept between the benchmarks of one run.
var benchFolder struct {
	once sync.Once
	dir  string
	docs int
}

// shopStore opens a store of 200,000 events or as many as RECORDS_BENCH_DOCS says, all but the last in segments. With
// RECORDS_BENCH_FOLDER it is kept there for another run.
func shopStore(b *testing.B) (*pebble.Store, int) {
	b.Helper()
	f := &benchFolder
	f.docs = 200_000
	if n, err := strconv.Atoi(os.Getenv("RECORDS_BENCH_DOCS")); err == nil {
		f.docs = n
	}
	f.dir = os.Getenv("RECORDS_BENCH_FOLDER")
	if f.dir == "" {
		f.dir = filepath.Join(os.TempDir(), "records-bench-"+strconv.Itoa(os.Getpid()))
		b.Cleanup(func() {
			if err := os.RemoveAll(f.dir); err != nil {
				b.Error(err)
			}
		})
	}
	s := openBench(b, f.dir)
	n, err := s.Count(b.Context(), acme, storage.Events, storage.Query{})
	if err != nil {
		b.Fatal(err)
	}
	var tickets []storage.Ticket
	for i := int(n); i < f.docs; i += 20 {
		set := &storage.ChangeSet{Tenant: acme}
		for j := range 20 {
			set.Writes = append(set.Writes, shopEvent(i+j))
		}
		if tickets = append(tickets, s.Commit(set)); len(tickets) == 1000 || i+20 >= f.docs {
			for _, ticket := range tickets {
				if err := ticket.Wait(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			tickets = tickets[:0]
		}
	}
	s.Settle(b)
	b.ResetTimer()
	return s, f.docs
}

func benchQuery(b *testing.B, text string) storage.Query {
	b.Helper()
	c, err := expr.ParseSearch(text, "event")
	if err != nil {
		b.Fatal(err)
	}
	return storage.Query{Where: c}
}

// BenchmarkQuery asks questions of a shop's events.
func BenchmarkQuery(b *testing.B) {
	s, docs := shopStore(b)
	two := benchQuery(b, `properties.price > 150 AND device.geo.country.code = "PL"`)
	rare := benchQuery(b, `context.page.path = "/c7/p77" AND type = "purchase"`)
	hour := storage.Interval{Width: time.Hour}
	ask := func(name string, question func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := question(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(docs)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mdocs/s")
		})
	}
	count := func(q storage.Query) func() error {
		return func() error { _, err := s.Count(b.Context(), acme, storage.Events, q); return err }
	}
	page := func(q storage.Query) func() error {
		return func() error { _, err := s.Search(b.Context(), acme, storage.Events, q); return err }
	}
	histogram := func(q storage.Query, by string) func() error {
		return func() error { _, err := s.Histogram(b.Context(), acme, storage.Events, q, hour, by); return err }
	}
	top := func(q storage.Query, field string) func() error {
		return func() error { _, err := s.Top(b.Context(), acme, storage.Events, q, field, 10); return err }
	}
	ask("count all", count(storage.Query{}))
	ask("count two properties", count(two))
	ask("count rare", count(rare))
	ask("histogram two properties", histogram(two, ""))
	ask("histogram two properties by type", histogram(two, "type"))
	ask("histogram all by type", histogram(storage.Query{}, "type"))
	ask("top country", top(storage.Query{}, "device.geo.country.code"))
	ask("top sku of two properties", top(two, "properties.sku"))
	ask("page all", page(storage.Query{}))
	ask("page two properties", page(two))
	ask("page rare", page(rare))
	ask("page by profile", page(benchQuery(b, `profile.id = "p777"`)))
	ask("count inside list", count(benchQuery(b, `properties.tags CONTAINS "a" AND type = "purchase"`)))
	ask("count by time and text", count(benchQuery(b, `metadata.time.insert > "2026-03-14T12:30" AND context.page.url ~ "c7"`)))
}
