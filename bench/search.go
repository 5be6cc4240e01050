package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// search measures the mix of batches with records on Elasticsearch or OpenSearch, beside writing the same events to the same
// server in bulk, with the mapping that it makes by itself. Server and load are on one machine, so both share its processors.
func search(ctx context.Context, s settings) error {
	if s.records == "" {
		return errors.New("name the server: -records elasticsearch://localhost:9200")
	}
	prefix := fmt.Sprintf("bench%x", time.Now().UnixNano())
	_, host, _ := strings.Cut(s.records, "://")
	host, _, _ = strings.Cut(strings.TrimSuffix(host, "/"), "?")
	s.records += "?prefix=" + prefix
	ours, err := startServer(ctx, s)
	if err != nil {
		return err
	}
	defer ours.stop()
	mix := newBatchMix(400)
	const connections = 16
	var events atomic.Int64
	body := func(worker, n int) []byte {
		at := (worker*31 + n) % len(mix.bodies)
		events.Add(int64(mix.events[at]))
		return mix.bodies[at]
	}
	closedLoop(ctx, ours.url+"/track", connections, s.duration/2, body)
	events.Store(0)
	got := closedLoop(ctx, ours.url+"/track", connections, s.duration, body)
	if got.failed > 0 {
		return fmt.Errorf("%d requests failed: %s", got.failed, got.firstFail)
	}
	rate := float64(events.Load()) / got.elapsed.Seconds()
	select { // searches see a change a second later
	case <-time.After(2 * time.Second):
	case <-ctx.Done():
	}
	documents, err := sample(ours, "events", 4000)
	if err != nil {
		return err
	}
	if _, err := bulkAlone(ctx, "http://"+host, prefix+"-warm", 4, documents, s.duration/2); err != nil {
		return err
	}
	limit, err := bulkAlone(ctx, "http://"+host, prefix+"-limit", 4, documents, s.duration)
	if err != nil {
		return err
	}
	fmt.Printf("\n| batches of 100 to 200 events, %d connections, records on a server | events/s | of the limit | p50 | p99 |\n|---|---|---|---|---|\n", connections)
	fmt.Printf("| the server alone, same events in bulk, four writers | %.0f | 1.000 | | |\n", limit)
	fmt.Printf("| tracardi, fully processed and durable | %.0f | %.3f | %v | %v |\n", rate, rate/limit, got.quantile(50).Round(time.Millisecond), got.quantile(99).Round(time.Millisecond))
	fmt.Printf("\nThe indices %s-* stay on the server.\n", prefix)
	return nil
}

// bulkAlone writes documents to an index in bulks, in some loops at once, and returns documents a second.
func bulkAlone(ctx context.Context, web, index string, writers int, documents [][]byte, d time.Duration) (float64, error) {
	const perBulk = 600
	client := newClient(writers)
	defer client.CloseIdleConnections()
	var written atomic.Int64
	started := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for w := range writers {
		g.Go(func() error {
			for n := w * perBulk; time.Since(started) < d; n += perBulk {
				var bulk bytes.Buffer
				for i := range perBulk {
					fmt.Fprintf(&bulk, "{\"create\":{\"_id\":\"%d-%d-%d\"}}\n", w, n, i)
					bulk.Write(documents[(n+i)%len(documents)])
					bulk.WriteByte('\n')
				}
				if err := sendBulk(ctx, client, web+"/"+index+"/_bulk?filter_path=errors,items.*.error", &bulk); err != nil {
					return err
				}
				written.Add(perBulk)
			}
			return nil
		})
	}
	err := g.Wait()
	return float64(written.Load()) / time.Since(started).Seconds(), err
}

func sendBulk(ctx context.Context, client *http.Client, url string, body io.Reader) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(response.Body)
	if err == nil && !bytes.Contains(text, []byte(`"errors":false`)) {
		err = fmt.Errorf("the server refused documents: %d %s", response.StatusCode, text[:min(len(text), 300)])
	}
	return err
}
