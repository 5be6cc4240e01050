package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Types of events: nothing runs for the first one, a flow for each of the others.
const (
	plain    = "plain-view"
	reading  = "reading-view"
	counting = "counting-view"
	answered = "answered-view"
	waited   = "waited-view"
)

// tenNodes is a flow of conditions, data and profile nodes. The last two change the profile: %s is what the first of them does.
const tenNodes = `a control.start {}
b control.if {"condition": "event@properties.category = \"shoes\" AND event@properties.position < 10"}
c data.copy {"traits": {"set": {"payload@category": "event@properties.category", "payload@page": "event@context.page.path"}}}
d control.if {"condition": "profile@stats.visits >= 1 AND payload@category EXISTS"}
e data.increment {"field": "payload@seen"}
f data.copy {"traits": {"set": {"profile@traits.category": "payload@category"}}}
g control.if {"condition": "session@metadata.channel NOT EXISTS OR event@context.page.url IS NOT NULL"}
h data.append {"append": {"payload@list": ["payload@category", "payload@seen"]}}
i data.increment {"field": "%s@stats.counters.shoes"}
j data.copy {"traits": {"set": {"profile@traits.list": "event@properties.list"}}}`

const answering = `a control.start {}
b control.if {"condition": "profile@stats.visits >= 1"}
c data.respond {"key": "offer", "body": {"visits": "profile@stats.visits", "category": "event@properties.category"}}`

const waiting = `a control.start {}
b control.wait-for-event {"event_type": "order-completed", "timeout": "1 day"}`

// publish makes a flow of lines, each the id, type and settings of a node that follows the one above, and runs it for a type of
// events.
func (s *server) publish(eventType, lines string) error {
	var nodes, edges []map[string]any
	port, before := "", ""
	for line := range strings.Lines(lines) {
		part := strings.SplitN(strings.TrimSpace(line), " ", 3)
		nodes = append(nodes, map[string]any{"id": part[0], "type": part[1], "config": json.RawMessage(part[2])})
		if before != "" {
			edges = append(edges, map[string]any{"id": before + part[0], "from": before, "port": port, "to": part[0]})
		}
		if before, port = part[0], "payload"; part[1] == "control.if" {
			port = "true"
		}
	}
	flow := map[string]any{"id": eventType, "name": eventType, "draft": map[string]any{"nodes": nodes, "edges": edges}}
	if err := s.call(http.MethodPost, "/api/v1/flows", flow, nil); err != nil {
		return err
	}
	if err := s.call(http.MethodPost, "/api/v1/flows/"+eventType+"/publish", map[string]any{}, nil); err != nil {
		return err
	}
	return s.call(http.MethodPost, "/api/v1/triggers", map[string]any{"name": eventType, "flow": eventType, "event_type": eventType, "enabled": true}, nil)
}

// viewsOf makes page views of known visitors, as events of a type.
func viewsOf(eventType string, sessions []string) maker {
	view := strings.Replace(pageView, "page-view", eventType, 1)
	return func(worker, n int) []byte {
		return fmt.Appendf(make([]byte, 0, 2048), view, sessions[(worker*7919+n*127)%len(sessions)], "null")
	}
}

func newSessions(n int) []string {
	sessions := make([]string, n)
	for i := range sessions {
		sessions[i] = uuid.NewString()
	}
	return sessions
}

// flow measures what a flow of ten nodes adds to an event, in turns with events for which none runs.
func flow(ctx context.Context, s settings) error {
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	if err := ours.publish(reading, fmt.Sprintf(tenNodes, "payload")); err != nil {
		return err
	}
	if err := ours.publish(counting, fmt.Sprintf(tenNodes, "profile")); err != nil {
		return err
	}
	sessions := newSessions(2000)
	got, err := inTurns(ctx, s.connections, s.duration,
		kind{"without a flow", ours, viewsOf(plain, sessions)},
		kind{"ten nodes that leave the profile as it is", ours, viewsOf(reading, sessions)},
		kind{"ten nodes that change the profile each time", ours, viewsOf(counting, sessions)},
	)
	if err != nil {
		return err
	}
	fmt.Printf("\n| returning visitors, %d connections, in turns | requests/s | processor time of an event | times that without a flow |\n|---|---|---|---|\n", s.connections)
	for _, m := range got {
		fmt.Printf("| %s | %.0f | %.0f µs | %.2f |\n", m.name, m.rate(), m.cost(), m.cost()/got[0].cost())
	}
	return ours.ran(reading, counting)
}

// ran checks that runs of flows came to their end, and that none failed.
func (s *server) ran(flows ...string) error {
	for _, id := range flows {
		done, err := s.runs("done", id)
		if err != nil {
			return err
		}
		failed, err := s.runs("failed", id)
		if err != nil {
			return err
		}
		if done == 0 || failed > 0 {
			return fmt.Errorf("flow %s: %d or more runs are done, and %d or more failed", id, done, failed)
		}
	}
	return nil
}

// runs returns 1 when runs of a flow are stored with a state, else 0.
func (s *server) runs(status, id string) (int, error) {
	var page struct{ Items []struct{} }
	err := s.call(http.MethodGet, "/api/v1/runs?limit=1&flow="+id+"&status="+status, nil, &page)
	return len(page.Items), err
}

// waitingRuns measures events beside many runs that wait: on two servers with as many visitors, in turns; on one of them a run
// waits for each.
func waitingRuns(ctx context.Context, s settings) error {
	const runs = 100_000
	visitors := newSessions(runs)
	servers := make([]*server, 2)
	for i, eventType := range []string{plain, waited} {
		ours, err := startServer(ctx, s)
		if err != nil {
			return err
		}
		defer ours.stop()
		servers[i] = ours
		if err := ours.publish(waited, waiting); err != nil {
			return err
		}
		if err := ours.visit(ctx, s.connections, eventType, visitors); err != nil {
			return err
		}
	}
	if n, err := servers[1].runs("waiting", waited); n == 0 {
		return fmt.Errorf("no run waits: %w", err)
	}
	sessions := newSessions(2000)
	got, err := inTurns(ctx, s.connections, s.duration,
		kind{"no run waits", servers[0], viewsOf(plain, sessions)},
		kind{fmt.Sprintf("%d runs wait", runs), servers[1], viewsOf(plain, sessions)},
	)
	if err != nil {
		return err
	}
	fmt.Printf("\n| returning visitors, %d connections, in turns | requests/s | of that without | processor time of an event |\n|---|---|---|---|\n", s.connections)
	for _, m := range got {
		fmt.Printf("| %s | %.0f | %.3f | %.0f µs |\n", m.name, m.rate(), m.rate()/got[0].rate(), m.cost())
	}
	fmt.Println()
	for _, status := range []string{"waiting", "failed"} { // all of them, and none
		began := time.Now()
		if _, err := servers[1].runs(status, waited); err != nil {
			return err
		}
		fmt.Printf("a page of the runs that are %s: %.1f ms\n", status, time.Since(began).Seconds()*1000)
	}
	return nil
}

// visit sends one event of each visitor.
func (s *server) visit(ctx context.Context, connections int, eventType string, visitors []string) error {
	view := strings.Replace(pageView, "page-view", eventType, 1)
	got := each(ctx, s.url+"/track", connections, len(visitors), func(n int) []byte {
		return fmt.Appendf(make([]byte, 0, 2048), view, visitors[n], "null")
	})
	return got.err()
}

// answer measures how long a page waits for what a flow answers, while the server has half as much to do as it can. Beside it, in
// turns, are events for which no flow runs, a bare server, and one that decodes each request so often that it needs as much processor
// time as ours: on a machine that is short of it, nothing that costs as much answers sooner.
func answer(ctx context.Context, s settings) error {
	bare, err := startBare(ctx)
	if err != nil {
		return err
	}
	defer bare.stop()
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	if err := ours.publish(answered, answering); err != nil {
		return err
	}
	sessions := newSessions(2000)
	body := viewsOf(answered, sessions)
	full := closedLoop(ctx, ours.url+"/track", s.connections, s.duration, body)
	if err := full.err(); err != nil {
		return err
	}
	perSecond := s.rate
	if perSecond == 0 {
		perSecond = int(full.rate() / 2)
	}
	cost := func(of *server, path string) float64 {
		before := of.cpu()
		got := openLoop(ctx, of.url+path, perSecond, s.duration/2, body)
		return (of.cpu() - before) / float64(max(1, got.requests)) * 1e6
	}
	event, once, twice := cost(ours, "/track"), cost(bare, "/?times=1"), cost(bare, "/?times=2")
	times := max(1, 1+int((event-once)/max(1, twice-once)))
	before, own, began := ours.cpu(), cpuOf(os.Getpid()), time.Now()
	got := openLoops(ctx, perSecond, s.duration,
		target{bare.url, body}, target{fmt.Sprintf("%s/?times=%d", bare.url, times), body},
		target{ours.url + "/track", viewsOf(plain, sessions)}, target{ours.url + "/track", body})
	fmt.Printf("\n| %d requests/s of the %.0f that it can | requests/s | of the first | p50 | p99 | max | failed | |\n|---|---|---|---|---|---|---|---|\n", perSecond, full.rate())
	for i, name := range []string{"bare server", fmt.Sprintf("bare server, as busy as ours (decodes %d times)", times), "event without a flow", "answer of a flow"} {
		row(name, got[i], got[0], "")
		err = cmp.Or(err, got[i].err())
	}
	elapsed := time.Since(began).Seconds()
	fmt.Printf("\nBusy on average, of %d processors: the server %.2f, the load %.2f. An event costs %.0f µs, a bare request %.0f µs.\n",
		runtime.NumCPU(), 2*(ours.cpu()-before)/elapsed, (cpuOf(os.Getpid())-own)/elapsed, event, once)
	return err
}
