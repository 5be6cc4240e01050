package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go/e2e/place"
)

// cluster measures processes that share servers, as test/services/up prints them: payloads that an API accepts into the queue and one
// worker, then two, process; how long it takes until a search finds them; and beside it one loop that writes the same documents to
// Elasticsearch in bulk. Servers, processes and load are on one machine.
func cluster(ctx context.Context, s settings) error {
	servers, err := clusterServers()
	if err != nil {
		return err
	}
	set, err := startCluster(ctx, s, servers)
	if err != nil {
		return err
	}
	defer set.stop()
	loads := slices.DeleteFunc(loadsOf(s), func(l queued) bool { return !strings.Contains(l.name, s.row) })
	rows := make([][]drained, len(loads))
	for workers := 1; workers <= s.workers; workers++ {
		worker, err := startRole(ctx, s, "worker", set.args...)
		if err != nil {
			return err
		}
		set.workers = append(set.workers, worker)
		for i, load := range loads {
			if workers == 1 { // to warm up
				if _, err := set.drain(ctx, queued{load.name, load.requests/5 + 1, 0, load.body}); err != nil {
					return err
				}
			}
			got, err := set.drain(ctx, load)
			if err != nil {
				return err
			}
			if got.limit, err = set.limit(ctx, got, 1); err != nil {
				return err
			}
			fmt.Printf("%s, workers: %d: %.0f documents/s, of plain %.2f, of stored %.2f; processor time of an event: %s\n", load.name, workers, got.documents, got.documents/got.limit.plain, got.documents/got.limit.stored, got.spent.each(load.events))
			rows[i] = append(rows[i], got)
		}
	}
	seen, err := set.visible(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("\nAccepted to visible in a search, %d page views: median %v, p99 %v.\n", len(seen), quantile(seen, 50), quantile(seen, 99))
	return set.report(ctx, loads, rows)
}

// report compares with what bulks alone reach.
func (c *clusterSet) report(ctx context.Context, loads []queued, rows [][]drained) error {
	fmt.Printf("\n| accepted for later, %d connections | accepted/s | events/s | documents/s | processor time of an event | of plain documents in bulk | of those we store | of the events alone |\n|---|---|---|---|---|---|---|---|\n", queuedConnections)
	for i, load := range loads {
		for n, got := range rows[i] {
			fmt.Printf("| %s, workers: %d | %.0f | %.0f | %.0f | %.0f µs |", load.name, n+1, got.accepted, got.events, got.documents, got.cpu)
			fmt.Printf(" %.2f | %.2f | %.2f |\n", got.documents/got.limit.plain, got.documents/got.limit.stored, got.events/got.limit.events)
		}
		for _, loops := range []int{1, 4} {
			limit, err := c.limit(ctx, rows[i][0], loops)
			if err != nil {
				return err
			}
			fmt.Printf("| the same in bulk, loops: %d | | | %.0f plain, %.0f as we store them, %.0f events | | | | |\n", loops, limit.plain, limit.stored, limit.events)
		}
	}
	return nil
}

const queuedConnections = 32

// queued is a load that the API accepts for later.
type queued struct {
	name             string
	requests, events int
	body             func(n int) []byte
}

// loadsOf are the loads that are measured.
func loadsOf(s settings) []queued {
	mix, sessions := newBatchMix(s.batches), newSessions(2000)
	return []queued{
		{"batches of 100 to 200 events", s.batches, mix.total(), func(n int) []byte { return inQueue(mix.bodies[n]) }},
		{"page views of new visitors", s.views, s.views, func(int) []byte { return inQueue(newVisitors(0, 0)) }},
		{"page views of 2000 visitors", s.views, s.views, func(n int) []byte { return inQueue(returning(sessions)(0, n)) }},
	}
}

// inQueue has a payload accepted for later.
func inQueue(body []byte) []byte { return []byte(later.Replace(string(body))) }

var later = strings.NewReplacer(`"options": {}`, `"options": {"async": true}`, `"options":{"profile":true}`, `"options":{"async":true}`)

// clusterSet is a running cluster.
type clusterSet struct {
	settings settings
	servers  place.Servers
	args     []string
	index    place.Indices
	api      *server
	workers  []*server
}

// clusterServers are those that a cluster needs.
func clusterServers() (place.Servers, error) {
	servers := place.FromEnvironment()
	if servers.MySQL == "" || servers.Redis == "" || servers.Pulsar == "" || servers.Elasticsearch == "" {
		return servers, errors.New(`start the servers: eval "$(test/services/up mariadb redis pulsar elasticsearch)"`)
	}
	return servers, nil
}

// startCluster starts an API on servers, in a place of its own, with a source. Workers are still to be started.
func startCluster(ctx context.Context, s settings, servers place.Servers) (*clusterSet, error) {
	set := &clusterSet{settings: s, servers: servers, index: place.Indices{Web: servers.Elasticsearch, Prefix: fmt.Sprintf("bench%x", time.Now().UnixNano())}}
	var err error
	if set.args, err = servers.Settings(set.index.Prefix); err != nil {
		return nil, err
	}
	if set.api, err = startRole(ctx, s, "api", set.args...); err == nil {
		err = set.api.makeSource()
	}
	if err != nil {
		set.stop()
		return nil, err
	}
	return set, nil
}

// stop ends the processes and removes what they stored.
func (c *clusterSet) stop() {
	for _, worker := range c.workers {
		worker.stop()
	}
	if c.api != nil {
		c.api.stop()
	}
	_ = c.servers.Remove(c.index.Prefix) // left-overs cost only room
}

// drained is what became of a load.
type drained struct {
	accepted, events, documents float64          // a second; the last two until all were stored
	cpu                         float64          // microseconds of our processes for an event
	stored                      map[string]int64 // documents of each kind
	spent                       spent            // processor time of everybody meanwhile
	limit                       bulkLimit        // in the turn after it
}

// drain sends a load and waits until all of it is processed.
func (c *clusterSet) drain(ctx context.Context, load queued) (drained, error) {
	before, err := c.written()
	if err != nil {
		return drained{}, err
	}
	used, spentBefore := c.cpu(), c.spent()
	started := time.Now()
	sent := each(ctx, c.api.url+"/track", queuedConnections, load.requests, load.body)
	if err := sent.err(); err != nil {
		return drained{}, err
	}
	if err := c.worked(ctx); err != nil {
		return drained{}, err
	}
	elapsed := time.Since(started).Seconds()
	got := drained{accepted: sent.rate(), events: float64(load.events) / elapsed, cpu: (c.cpu() - used) / float64(max(1, load.events)) * 1e6, stored: map[string]int64{}}
	got.spent = c.spent().since(spentBefore)
	if err := c.empty(ctx); err != nil {
		return drained{}, err
	}
	after, err := c.written()
	if err != nil {
		return drained{}, err
	}
	for name := range kinds {
		got.stored[name] = after[name] - before[name]
		got.documents += float64(got.stored[name]) / elapsed
	}
	return got, nil
}

// worked waits until all payloads are acknowledged. It asks the broker, who counts: the API reads what waits, which costs as much as
// many payloads.
func (c *clusterSet) worked(ctx context.Context) error {
	for {
		left, err := c.servers.Backlog(c.index.Prefix, "collected")
		if err != nil || left == 0 {
			return err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
}

// empty waits until nothing is in the queue.
func (c *clusterSet) empty(ctx context.Context) error {
	for ctx.Err() == nil {
		var queue struct {
			Items []struct{ Ready, Delayed, Dead int }
		}
		if err := c.api.call("GET", "/api/v1/queue", nil, &queue); err != nil {
			return err
		}
		left := 0
		for _, topic := range queue.Items {
			left += topic.Ready + topic.Delayed
			if topic.Dead > 0 {
				return fmt.Errorf("%d dead letters", topic.Dead)
			}
		}
		if left == 0 {
			return nil
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return ctx.Err()
}

func (c *clusterSet) cpu() float64 {
	used := c.api.cpu()
	for _, worker := range c.workers {
		used += worker.cpu()
	}
	return used
}

// kinds of documents: the API's names and those of indices.
var kinds = map[string]string{"events": "event", "sessions": "session", "profiles": "profile"}

// written tells how often documents were written so far, by the API's names of their kinds.
func (c *clusterSet) written() (map[string]int64, error) {
	counts := map[string]int64{}
	for name, kind := range kinds {
		n, err := c.index.Written("-" + kind + "-*")
		if err != nil {
			return nil, err
		}
		counts[name] = n
	}
	return counts, nil
}

// visible measures how long page views take from their acceptance until a search finds them.
func (c *clusterSet) visible(ctx context.Context) ([]time.Duration, error) {
	const probes, times = 5, 20
	var mu sync.Mutex
	var seen []time.Duration
	var failed error
	var wait sync.WaitGroup
	for range probes {
		wait.Go(func() {
			client := newClient(1)
			defer client.CloseIdleConnections()
			for range times {
				session := uuid.NewString()
				err := post(client, c.api.url+"/track", inQueue(fmt.Appendf(nil, pageView, session, "null")))
				accepted := time.Now()
				for total := int64(0); total == 0 && err == nil; {
					err = pause(ctx, 5*time.Millisecond)
					if err == nil {
						total, err = c.api.total("events", `session.id = "`+session+`"`)
					}
				}
				mu.Lock()
				seen, failed = append(seen, time.Since(accepted)), errors.Join(failed, err)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	slices.Sort(seen)
	return seen, failed
}

func quantile(sorted []time.Duration, q int) time.Duration {
	return sorted[min(len(sorted)*q/100, len(sorted)-1)].Round(time.Millisecond)
}

// bulkLimit is what writing in bulk has reached in documents a second: plain documents, and as we store them.
type bulkLimit struct{ plain, stored, events float64 }

// limit writes documents as a load stored them in bulk, each kind in its share.
func (c *clusterSet) limit(ctx context.Context, of drained, loops int) (l bulkLimit, err error) {
	const documents = 4000
	var events, plain, stored [][]byte
	for name, kind := range kinds {
		n := int(documents*of.stored[name]/max(1, of.stored["events"]+of.stored["sessions"]+of.stored["profiles"])) + 1
		some, err := sample(c.api, name, n)
		if err != nil {
			return l, err
		}
		if plain = append(plain, some...); name == "events" {
			events = some
		}
		if some, err = c.index.Documents("-"+kind+"-*", n); err != nil {
			return l, err
		}
		stored = append(stored, some...)
	}
	ours, err := c.index.Mapping("-event-*")
	if err != nil {
		return l, err
	}
	const usual = `{"date_detection":false}` // what looks like a date in one document is none in the next
	for _, kind := range []struct {
		mapping   string
		documents [][]byte
		into      *float64
	}{{usual, plain, &l.plain}, {ours, stored, &l.stored}, {usual, events, &l.events}} {
		index := place.Indices{Web: c.index.Web, Prefix: c.index.Prefix + "-alone-" + uuid.NewString()}
		if err := index.Make(kind.mapping); err != nil {
			return l, err
		}
		if *kind.into, err = bulkAlone(ctx, index.Web, index.Prefix, loops, kind.documents, c.settings.duration); err != nil {
			return l, err
		}
	}
	return l, nil
}
