package collect_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/storage"
)

// TestEveryRouteRefuses sends what bad clients send to each address that takes events.
func TestEveryRouteRefuses(t *testing.T) {
	e := newEdge(t, nil)
	bomb := zip(t, io.LimitReader(zeros{}, 20<<20))
	large := `{"a":"` + strings.Repeat("x", 6<<20) + `"}`
	track := func(source string) string { return payload(source, "s", "") }
	hook := func(source string) string { return "/collect/a/" + source }
	for _, route := range []struct {
		method, path     string // with %s for the source, unless the body names it
		body             func(source string) string
		unknown, foreign string // sources: none, and one that takes nothing from the page
	}{
		{"POST", "/track", track, "nobody", "own"},
		{"POST", "/track/", track, "nobody", "own"},
		{"POST", hook("%s"), nil, "nobody", "own"},
		{"POST", hook("%s") + "/s", nil, "nobody", "own"},
		{"GET", hook("%s"), nil, "nobody", "own"},
		{"GET", hook("%s") + "/s", nil, "nobody", "own"},
		{"GET", "/pixel/a/%s", nil, "nobody", "own"},
		{"GET", "/pixel/a/%s/s", nil, "nobody", "own"},
		{"GET", "/redirect/%s", nil, "nobody", "guarded"},
		{"POST", "/redirect/%s", nil, "nobody", "guarded"},
		{"PUT", "/redirect/%s/s", nil, "nobody", "guarded"},
	} {
		send := func(source, body string, headers ...string) answer {
			path := route.path
			if route.body == nil {
				path = fmt.Sprintf(path, source)
			} else if body == "" {
				body = route.body(source)
			}
			return e.send(route.method, path, body, append(headers, "Content-Type", "application/json")...)
		}
		wants := func(what string, a answer, statuses ...int) {
			t.Helper()
			for _, status := range statuses {
				if a.status == status && a.header.Get("Content-Type") == "application/json" && strings.HasPrefix(a.text, `{"detail":`) {
					return
				}
			}
			t.Errorf("%s %s with %s: %d %s, want %v", route.method, route.path, what, a.status, a.text, statuses)
		}
		wants("an unknown source", send(route.unknown, ""), 401, 404)
		wants("a page of another origin", send(route.foreign, "", "Origin", foreign), 403)
		if route.method == "GET" {
			continue
		}
		known := map[bool]string{true: "hook", false: "spring"}[!strings.HasPrefix(route.path, "/redirect")]
		wants("broken JSON", send(known, `{"a":`), 422)
		wants("a list", send(known, `[]`), 422)
		wants("much nesting", send(known, strings.Repeat(`{"a":`, 20_000)), 413, 422)
		wants("a large body", send(known, large), 413)
		wants("a bomb", send(known, bomb, "Content-Encoding", "gzip"), 413)
		wants("broken compression", send(known, "x", "Content-Encoding", "zstd"), 422)
		wants("unknown compression", send(known, "x", "Content-Encoding", "br"), 422)
	}
	for _, c := range []storage.Collection{storage.Events, storage.Sessions, storage.Profiles} {
		if stored := e.found(c, ""); len(stored) != 0 {
			t.Errorf("refused requests left %s", stored)
		}
	}
}

// TestDatesAndIDsOfBadClients: a payload with one bad event is not half stored, and one that comes again changes nothing.
func TestDatesAndIDsOfBadClients(t *testing.T) {
	e := newEdge(t, nil)
	events := func(list string) string {
		return `{"source":{"id":"shop"},"session":{"id":"s"},"events":[{"type":"good"},` + list + `]}`
	}
	for _, year := range []string{"9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "+275760-09-13T00:00:00Z", "1969-12-31T23:59:59Z"} {
		for _, field := range []string{"insert", "create", "update"} {
			body := events(`{"type":"bad","time":{"` + field + `":"` + year + `"}}`)
			e.refused(e.send("POST", "/track", body), 422, "invalid", `["body","events",1,"time","`+field+`"]`)
		}
	}
	if stored := append(e.found(storage.Events, ""), e.found(storage.Profiles, "")...); len(stored) != 0 {
		t.Errorf("half of a payload is stored: %s", stored)
	}
	e.taken(e.send("POST", "/track", events(`{"type":"never heard of"}`)))
	e.event(`type = "never-heard-of"`)
	twice := events(`{"type":"paid","id":"e1"},{"type":"paid","id":"e1"},{"type":"paid","id":"e2"}`)
	for range 2 {
		e.taken(e.send("POST", "/track", twice))
	}
	e.taken(e.send("POST", "/track", strings.Replace(twice, `"shop"`, `"later"`, 1)))
	stop := e.work()
	await(t, "the payload in the queue", func() bool { return len(e.found(storage.Events, `type = "good"`)) == 4 })
	stop()
	for _, id := range []string{"e1", "e2"} {
		e.event(`id = "` + id + `"`)
	}
}

// TestLargeBodiesShareTheMemory has large bodies wait in the pipeline until there is no more room for others.
func TestLargeBodiesShareTheMemory(t *testing.T) {
	var arrived, leave chan struct{}
	e := newEdge(t, func(o *collect.Options) {
		o.Limits, o.Memory = collect.DefaultLimits, 1 // which is too little: there is always room for four bodies
		o.Limits.Plain = 1_300_000
		arrived, leave = hold(o)
	})
	body := func(session string, size int) string {
		return payload("shop", session, `,"context":{"a":"`+strings.Repeat("x", size/3)+`","b":"`+strings.Repeat("y", size/3)+`","c":"`+strings.Repeat("z", size/3)+`"}`)
	}
	promise(t, e, 4<<20) // what a sender only promises takes no room
	first := make(chan answer)
	for range 4 {
		go func() { first <- e.send("POST", "/track", body("waits", 1_200_000)) }()
		<-arrived
	}
	for name, headers := range map[string][]string{"": nil, "gzip": {"Content-Encoding", "gzip"}, "zstd": {"Content-Encoding", "zstd"}} {
		large, small := body("s", 1_200_000), body("s", 30_000)
		switch name {
		case "gzip":
			large, small = zip(t, strings.NewReader(large)), zip(t, strings.NewReader(small))
		case "zstd":
			large, small = squeeze(t, strings.NewReader(large)), squeeze(t, strings.NewReader(small))
		}
		a := e.send("POST", "/track", large, headers...)
		if e.refused(a, http.StatusServiceUnavailable, "", ""); a.header.Get("Retry-After") != "1" {
			t.Errorf("%s: Retry-After %q", name, a.header.Get("Retry-After"))
		}
		e.taken(e.send("POST", "/track", small, headers...))
	}
	close(leave)
	for range 4 {
		e.taken(<-first)
	}
	for range 5 { // all of it is given back, also by those who were refused
		e.taken(e.send("POST", "/track", body("s", 1_200_000)))
	}
}

// promise begins a request with a large body of which little comes, and holds on to it until the end of the test.
func promise(t *testing.T, e *edge, length int) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", e.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // nothing was asked for
	if _, err := fmt.Fprintf(conn, "POST /track HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n{", length); err != nil {
		t.Fatal(err)
	}
	// The server asks for the body when the handler begins to read it.
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("%q %v", line, err)
	}
}
