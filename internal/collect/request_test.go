package collect_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/storage"
)

// TestSecretsAreNotStored sends secrets in headers and looks for them in everything that is kept.
func TestSecretsAreNotStored(t *testing.T) {
	var processed []string
	e := newEdge(t, func(o *collect.Options) {
		process := o.Process
		o.Process = func(ctx context.Context, p *tracardi.Payload, s *tracardi.Source, done *storage.Lease) (*tracardi.Answer, error) {
			processed = append(processed, string(p.Request.Headers.AppendJSON(nil)))
			return process(ctx, p, s, done)
		}
	})
	headers := []string{
		"Authorization", "Bearer hush-1", "Proxy-Authorization", "Basic hush-2", "Cookie", "login=hush-3", "X-Api-Key", "hush-4",
		"X-Csrf-Token", "hush-5", "User-Agent", "Browser/1.0 (told)", "Accept-Language", "pl", "X-Timestamp", "12345",
	}
	e.taken(e.send("POST", "/track", payload("shop", "s1", ""), headers...))
	e.taken(e.send("POST", "/collect/order-paid/hook/s3", `{"n":1}`, headers...))
	e.send("GET", "/redirect/plain", "", headers...)
	e.taken(e.send("POST", "/track", payload("later", "s2", ""), headers...))
	if len(processed) != 3 || !strings.Contains(processed[0], `"x-timestamp":"12345"`) {
		t.Errorf("headers passed on: %s", processed)
	}
	kept := append([]string{e.waiting()}, processed...)
	for _, c := range []storage.Collection{storage.Events, storage.Sessions, storage.Profiles} {
		kept = append(kept, e.found(c, "")...)
	}
	all := strings.Join(kept, "\n")
	if strings.Contains(all, "hush") {
		t.Errorf("a secret is stored: %s", all)
	}
	if !strings.Contains(kept[0], "Browser/1.0") {
		t.Errorf("the queue does not know the user agent: %s", kept[0])
	}
}

// waiting takes the one message of the queue.
func (e *edge) waiting() (body string) {
	ctx, cancel := context.WithCancel(e.t.Context())
	defer cancel()
	err := e.options.Queue.Consume(ctx, collect.Topic, storage.Consume{}, func(_ context.Context, lease *storage.Lease) storage.Verdict {
		body = string(lease.Message.Body)
		cancel()
		return storage.Done()
	})
	if err != nil {
		e.t.Error(err)
	}
	return body
}

// TestAddressOfTheVisitor takes the address of the connection, which the server has already replaced when a trusted proxy told
// the visitor's. What a header claims counts for nothing here.
func TestAddressOfTheVisitor(t *testing.T) {
	e := newEdge(t, nil)
	mux := http.NewServeMux()
	e.edge.Routes(mux)
	for i, c := range []struct{ peer, want string }{
		{"198.51.100.7:1234", "198.51.100.7"},
		{"203.0.113.9:0", "203.0.113.9"},
		{"[2001:db8::1]:1234", "2001:db8::1"},
		{"pipe", ""},
	} {
		session := string(rune('a' + i))
		r := httptest.NewRequest(http.MethodPost, "/track", strings.NewReader(payload("shop", session, "")))
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if event := e.event(`type = "page-view" AND session.id = "` + session + `"`); event.Metadata.IP != c.want {
			t.Errorf("peer %s: address %q, want %q", c.peer, event.Metadata.IP, c.want)
		}
	}
}

func TestLongHeadersAreCut(t *testing.T) {
	e := newEdge(t, nil)
	e.taken(e.send("POST", "/track", payload("later", "s", ""), "User-Agent", strings.Repeat("€", 3000), "Accept-Language", strings.Repeat("l", 3000)))
	if body := e.waiting(); len(body) > 6000 || strings.Contains(body, `\ufffd`) {
		t.Errorf("%d bytes are kept of long headers: %s", len(body), body)
	}
}
