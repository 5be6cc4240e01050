package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// visitor sends events one after another, and each of them until it was accepted, as clients with a memory do.
type visitor struct {
	name string
	sent int // events that were accepted at least once
}

func (v *visitor) event(n int) string { return fmt.Sprintf("%s-%06d", v.name, n) }

// visit sends events until ctx ends. It returns an error for an answer that a client cannot understand.
func (v *visitor) visit(ctx context.Context, client *http.Client, url string, accepted *atomic.Int64) error {
	for ctx.Err() == nil {
		body := fmt.Sprintf(`{"source":{"id":"crash"},"session":{"id":"session-%s"},"events":[{"id":%q,"type":"tick"}],"options":{"async":%v}}`,
			v.name, v.event(v.sent), v.sent%4 == 3)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/track", strings.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			return nil // the server is gone: the same event again after the restart
		}
		answer, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch {
		case response.StatusCode == http.StatusOK: // the head of a 200 is the promise, whatever becomes of its body
			v.sent++
			accepted.Add(1)
		case response.StatusCode != http.StatusServiceUnavailable && err == nil:
			return fmt.Errorf("status %d: %s", response.StatusCode, answer)
		}
	}
	return nil
}

// TestCrash kills the server under load at random moments. What was answered with 200 is there afterwards, once.
func TestCrash(t *testing.T) { endUnderLoad(t, syscall.SIGKILL, -1) }

// TestStopUnderLoad stops the server under load in the ordinary way.
func TestStopUnderLoad(t *testing.T) { endUnderLoad(t, syscall.SIGTERM, 0) }

// endUnderLoad ends the server with a signal, again and again, while visitors send events.
func endUnderLoad(t *testing.T, signal syscall.Signal, exitCode int) {
	const rounds = 5
	data := t.TempDir()
	visitors := make([]*visitor, 16)
	for i := range visitors {
		visitors[i] = &visitor{name: fmt.Sprintf("v%02d", i)}
	}
	p := start(t, data)
	p.must("POST", "/api/v1/sources", `{"id": "crash", "name": "Crash", "types": ["rest"]}`, nil)
	for range rounds {
		var accepted atomic.Int64
		var running sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		for _, v := range visitors {
			running.Go(func() {
				if err := v.visit(ctx, p.client, p.url, &accepted); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		enough := 100 + rand.Int64N(400)
		await(t, "some events to be accepted", func() bool { return t.Failed() || accepted.Load() >= enough })
		if code := p.signal(signal); code != exitCode {
			t.Fatalf("exit code %d, want %d", code, exitCode)
		}
		cancel()
		running.Wait()
		p = start(t, data)
	}
	await(t, "the queue to be empty", func() bool {
		var queue struct {
			Items []struct {
				Topic                string
				Ready, Delayed, Dead int
			}
		}
		p.must("GET", "/api/v1/queue", "", &queue)
		if len(queue.Items) != 1 || queue.Items[0].Dead != 0 {
			t.Fatalf("queue: %+v", queue)
		}
		return queue.Items[0].Ready+queue.Items[0].Delayed == 0
	})
	check(t, p, visitors)
}

// check compares what was accepted with what is stored. One more event of each visitor may be there: stored, but not answered.
func check(t *testing.T, p *program, visitors []*visitor) {
	t.Helper()
	stored := storedEvents(t, p)
	total := 0
	for id, times := range stored {
		if times != 1 {
			t.Errorf("event %s is stored %d times", id, times)
		}
		total += times
	}
	for _, v := range visitors {
		for n := range v.sent {
			if stored[v.event(n)] == 0 {
				t.Errorf("event %s was accepted and is lost", v.event(n))
			}
		}
		for id := range stored {
			if strings.HasPrefix(id, v.name+"-") && id > v.event(v.sent) {
				t.Errorf("event %s was never sent", id)
			}
		}
	}
	var count struct{ Count int }
	p.must("GET", "/api/v1/events/count", "", &count)
	var histogram struct{ Buckets []struct{ Count int } }
	p.must("GET", "/api/v1/events/histogram?interval=hour", "", &histogram)
	bars := 0
	for _, bucket := range histogram.Buckets {
		bars += bucket.Count
	}
	if count.Count != total || bars != total {
		t.Errorf("%d events are stored, their number is given as %d, the bars sum up to %d", total, count.Count, bars)
	}
	t.Logf("%d events", total)
}

// storedEvents counts how often each event id comes up in all pages of the list.
func storedEvents(t *testing.T, p *program) map[string]int {
	t.Helper()
	stored := map[string]int{}
	for cursor, more := "", true; more; more = cursor != "" {
		var page struct {
			Items []struct {
				ID   string
				Type string
			}
			Next string
		}
		p.must("GET", "/api/v1/events?limit=1000&total=false&cursor="+url.QueryEscape(cursor), "", &page)
		for _, item := range page.Items {
			if item.Type == "tick" {
				stored[item.ID]++
			} else {
				stored["system-"+item.ID]++ // made by the platform, counted with the others
			}
		}
		cursor = page.Next
	}
	return stored
}

// TestGarbageInTheLog lets the server start on what a power cut leaves: a log that ends in the middle of a record.
func TestGarbageInTheLog(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	p.must("POST", "/api/v1/sources", `{"id": "crash", "name": "Crash", "types": ["rest"]}`, nil)
	p.must("POST", "/track", `{"source":{"id":"crash"},"session":{"id":"s"},"events":[{"id":"kept","type":"tick"}]}`, nil)
	p.signal(syscall.SIGKILL)
	logs, err := filepath.Glob(filepath.Join(data, "records", "*.log"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no log of the records found: %v", err)
	}
	newest := logs[len(logs)-1]
	file, err := os.OpenFile(newest, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("half a record")); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	p = start(t, data)
	p.must("GET", "/api/v1/events/kept", "", nil)
}
