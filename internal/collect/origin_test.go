package collect_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/storage"
)

const own, foreign = "https://shop.example", "https://blog.example"

// mayRead checks what a browser concludes from an answer to a page of an origin.
func mayRead(t *testing.T, a answer, origin string, cookies bool) {
	t.Helper()
	allowed := a.header.Get("Access-Control-Allow-Origin")
	if cookies && (allowed != origin || a.header.Get("Access-Control-Allow-Credentials") != "true") {
		t.Errorf("a page of %s that sends cookies can't read the answer: %v", origin, a.header)
	}
	if !cookies && (allowed != "*" || a.header.Get("Access-Control-Allow-Credentials") != "") {
		t.Errorf("a page of %s must be able to read the answer, without cookies: %v", origin, a.header)
	}
	if len(a.header.Values("Access-Control-Allow-Origin")) != 1 || !slices.Contains(a.header.Values("Vary"), "Origin") {
		t.Errorf("the answer may be kept for other origins: %v", a.header)
	}
}

func TestPreflight(t *testing.T) {
	e := newEdge(t, nil)
	for _, path := range []string{"/track", "/track/", "/collect/a/hook", "/collect/a/hook/s"} {
		for _, origin := range []string{own, foreign} {
			a := e.send("OPTIONS", path, "", "Origin", origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-timestamp")
			if a.status != http.StatusNoContent || a.text != "" {
				t.Errorf("%s: %d %s", path, a.status, a.text)
			}
			mayRead(t, a, origin, origin == own)
			headers := strings.ToLower(a.header.Get("Access-Control-Allow-Headers"))
			if !strings.Contains(headers, "content-type") || !strings.Contains(headers, "x-timestamp") {
				t.Errorf("%s: headers %q", path, headers)
			}
			if !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "POST") || a.header.Get("Access-Control-Max-Age") == "" {
				t.Errorf("%s: %v", path, a.header)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	e := newEdge(t, nil)
	for _, c := range []struct {
		source, origin string
		status         int
		cookies        bool
	}{
		{"shop", foreign, 200, false},
		{"own", own, 200, true},
		{"own", foreign, 403, false},
		{"own", "", 200, false}, // no browser
		{"nobody", foreign, 401, false},
		{"nobody", own, 401, true}, // the page must be able to read why
	} {
		for _, request := range []struct{ path, body string }{{"/track", payload(c.source, "s", "")}, {"/collect/a/" + c.source, "{}"}} {
			if c.source == "shop" && request.path != "/track" {
				request.path = "/collect/a/hook"
			}
			a := e.send("POST", request.path, request.body, "Origin", c.origin)
			if a.status != c.status {
				t.Errorf("%+v at %s: status %d: %s", c, request.path, a.status, a.text)
			}
			if c.origin == "" {
				continue
			}
			mayRead(t, a, c.origin, c.cookies)
			if a.header.Get("Access-Control-Expose-Headers") != "Retry-After" {
				t.Errorf("%+v: the page can't see when to try again: %v", c, a.header)
			}
		}
	}
}

func TestRateLimit(t *testing.T) {
	e := newEdge(t, nil)
	statuses := map[int]int{}
	for range 5 {
		a := e.send("POST", "/track", payload("slow", "s", ""), "Origin", own)
		statuses[a.status]++
		if a.status != http.StatusTooManyRequests {
			continue
		}
		e.refused(a, 429, "", "")
		if a.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
		}
		mayRead(t, a, own, true)
	}
	if statuses[200] < 2 || statuses[429] == 0 {
		t.Errorf("statuses %v of 5 requests where 2 a second are allowed", statuses)
	}
	if a := e.send("POST", "/track", payload("shop", "s", "")); a.status != 200 {
		t.Errorf("another source: %d %s", a.status, a.text)
	}
}

// hold keeps requests of the session waits in the middle: each says that it arrived, and ends when it may leave.
func hold(o *collect.Options) (arrived, leave chan struct{}) {
	arrived, leave = make(chan struct{}), make(chan struct{})
	process := o.Process
	o.Process = func(ctx context.Context, p *tracardi.Payload, s *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error) {
		if p.Session == "waits" {
			arrived <- struct{}{}
			<-leave
		}
		return process(ctx, p, s, done)
	}
	return arrived, leave
}

func TestTooManyAtOnce(t *testing.T) {
	var arrived, leave chan struct{}
	e := newEdge(t, func(o *collect.Options) {
		o.InFlight = 1
		arrived, leave = hold(o)
	})
	first := make(chan answer)
	go func() { first <- e.send("POST", "/track", payload("shop", "waits", "")) }()
	<-arrived
	a := e.send("POST", "/track", payload("shop", "s", ""), "Origin", own)
	e.refused(a, 503, "", "")
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	mayRead(t, a, own, true)
	close(leave)
	e.taken(<-first)
	e.taken(e.send("POST", "/track", payload("shop", "s", "")))
	if e.edge.Counts.Failed.Load() != 1 {
		t.Errorf("%d failures counted", e.edge.Counts.Failed.Load())
	}
}

func TestFailures(t *testing.T) {
	var failure error
	e := newEdge(t, func(o *collect.Options) {
		o.Process = func(context.Context, *tracardi.Payload, *tracardi.Source, *storage.Lease) (*tracardi.Answer, error) {
			return nil, failure
		}
	})
	for _, c := range []struct {
		name    string
		failure error
		status  int
		retry   string
	}{
		{"full disk", &tracardi.Error{Kind: tracardi.Unavailable, RetryAfter: 2500 * 1e6, Message: "the disk is full"}, 503, "3"},
		{"no time told", &tracardi.Error{Kind: tracardi.Unavailable, Message: "the store is away"}, 503, "1"},
		{"conflict", &tracardi.Error{Kind: tracardi.Conflict, Message: "somebody was quicker"}, 503, "1"},
		{"bots", &tracardi.Error{Kind: tracardi.Unauthenticated, Message: "no bots here"}, 401, ""},
		{"surprise", context.DeadlineExceeded, 500, ""},
	} {
		failure = c.failure
		a := e.send("POST", "/track", payload("shop", "s", ""))
		message := e.refused(a, c.status, "", "")
		if c.status == 503 && (message != "the events cannot be taken now: send them again in a moment" || !strings.Contains(e.log.String(), c.failure.Error())) {
			t.Errorf("%s: the sender reads %q, and the log %s", c.name, message, e.log)
		}
		if !strings.Contains(e.log.String(), `route="POST /track"`) && c.status >= 500 {
			t.Errorf("%s: the log does not name the route: %s", c.name, e.log)
		}
		if a.header.Get("Retry-After") != c.retry {
			t.Errorf("%s: Retry-After %q, want %q", c.name, a.header.Get("Retry-After"), c.retry)
		}
		if c.status == 500 && (strings.Contains(message, "deadline") || !strings.Contains(e.log.String(), "deadline")) {
			t.Errorf("%s: the sender reads %q, and the log has no cause", c.name, message)
		}
	}
}
