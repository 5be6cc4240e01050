package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// maker makes the body of the n-th request of a worker. It is called by that worker only.
type maker func(worker, n int) []byte

// result is what a load run has measured.
type result struct {
	requests  int64
	failed    int64
	elapsed   time.Duration
	latencies *hdrhistogram.Histogram // microseconds
	firstFail string
}

func (r result) rate() float64 { return float64(r.requests) / r.elapsed.Seconds() }

func (r result) quantile(q float64) time.Duration {
	return time.Duration(r.latencies.ValueAtQuantile(q)) * time.Microsecond
}

// err tells whether requests failed.
func (r result) err() error {
	if r.failed > 0 {
		return fmt.Errorf("%d requests failed: %s", r.failed, r.firstFail)
	}
	return nil
}

func newClient(connections int) *http.Client {
	return &http.Client{
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			MaxIdleConns: connections, MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true,
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		},
	}
}

// closedLoop sends with a number of connections, each of which waits for its answer before it sends again.
func closedLoop(ctx context.Context, url string, connections int, d time.Duration, body maker) result {
	client := newClient(connections)
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	total := gathered{}
	started := time.Now()
	var wait sync.WaitGroup
	for worker := range connections {
		wait.Go(func() {
			own := newHistogram()
			for n := 0; ctx.Err() == nil; n++ {
				at := time.Now()
				total.count(post(client, url, body(worker, n)))
				_ = own.RecordValue(time.Since(at).Microseconds()) // out of range only beyond a minute
			}
			total.add(own)
		})
	}
	wait.Wait()
	return total.result(time.Since(started))
}

// openLoop sends at a fixed rate, whether answers come or not: a latency counts from the moment when the request was due. The
// latencies of the first second, in which hundreds of connections are opened, are left out.
func openLoop(ctx context.Context, url string, perSecond int, d time.Duration, body maker) result {
	return openLoops(ctx, perSecond, d, target{url, body})[0]
}

// target is where a load goes, and what it sends.
type target struct {
	url  string
	body maker
}

// openLoops is an open loop for each of some targets, in turns of a second, so that none of them pays more than the others for what
// neighbours on the machine do and what a server still has to do for earlier requests. The first turn of each is left out.
func openLoops(ctx context.Context, perSecond int, d time.Duration, targets ...target) []result {
	const workers = 512
	ctx, cancel := context.WithTimeout(ctx, d*time.Duration(len(targets)))
	defer cancel()
	clients, totals := make([]*http.Client, len(targets)), make([]gathered, len(targets))
	for i := range targets {
		clients[i] = newClient(workers)
		defer clients[i].CloseIdleConnections()
	}
	var next atomic.Int64
	started := time.Now()
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Go(func() {
			own := make([]*hdrhistogram.Histogram, len(targets))
			for i := range own {
				own[i] = newHistogram()
			}
			for {
				n := next.Add(1) - 1
				due := time.Duration(n) * time.Second / time.Duration(perSecond)
				select {
				case <-ctx.Done():
					for i := range own {
						totals[i].add(own[i])
					}
					return
				case <-time.After(time.Until(started.Add(due))):
				}
				turn := int(due / time.Second)
				i := turn % len(targets)
				totals[i].count(post(clients[i], targets[i].url, targets[i].body(worker, int(n))))
				if turn >= len(targets) {
					_ = own[i].RecordValue(time.Since(started.Add(due)).Microseconds()) // out of range only beyond a minute
				}
			}
		})
	}
	wait.Wait()
	results := make([]result, len(targets))
	for i := range totals {
		results[i] = totals[i].result(time.Since(started) / time.Duration(len(targets)))
	}
	return results
}

// each sends so many different requests, each once.
func each(ctx context.Context, url string, connections, requests int, body func(n int) []byte) result {
	client := newClient(connections)
	defer client.CloseIdleConnections()
	total := gathered{latencies: newHistogram()}
	var next atomic.Int64
	started := time.Now()
	var wait sync.WaitGroup
	for range connections {
		wait.Go(func() {
			for n := int(next.Add(1)) - 1; n < requests && ctx.Err() == nil; n = int(next.Add(1)) - 1 {
				total.count(post(client, url, body(n)))
			}
		})
	}
	wait.Wait()
	return total.result(time.Since(started))
}

func post(client *http.Client, url string, body []byte) error {
	response, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // nothing is left to lose
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, 60_000_000, 3) }

// gathered collects what the workers measure.
type gathered struct {
	requests, failed atomic.Int64
	mu               sync.Mutex
	latencies        *hdrhistogram.Histogram
	firstFail        string
}

func (g *gathered) count(err error) {
	if err == nil {
		g.requests.Add(1)
		return
	}
	g.failed.Add(1)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.firstFail == "" {
		g.firstFail = err.Error()
	}
}

func (g *gathered) add(own *hdrhistogram.Histogram) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.latencies == nil {
		g.latencies = newHistogram()
	}
	g.latencies.Merge(own)
}

func (g *gathered) result(elapsed time.Duration) result {
	return result{g.requests.Load(), g.failed.Load(), elapsed, g.latencies, g.firstFail}
}
