package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/storage"
)

// message is one of a stream of server-sent events.
type message struct{ id, kind, data string }

// watching is a client that reads a stream.
type watching struct {
	t        *testing.T
	first    message
	messages chan message // closed at the end of the stream
	leave    context.CancelFunc
}

// watch opens a stream over a real connection, since its end and its pace are what matters.
func (c *client) watch(path string) *watching {
	c.t.Helper()
	server := httptest.NewServer(c.handler)
	ctx, leave := context.WithCancel(c.t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+api.Prefix+path, nil)
	c.must(err)
	r.Header = c.header.Clone()
	answer, err := server.Client().Do(r)
	c.must(err)
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/event-stream" {
		c.t.Fatalf("%s: %s as %s", path, answer.Status, answer.Header.Get("Content-Type"))
	}
	w := &watching{t: c.t, messages: make(chan message, 10_000), leave: leave}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.read(answer.Body)
	}()
	c.t.Cleanup(func() {
		leave()
		<-ended
		answer.Body.Close()
		server.Close()
	})
	w.first = w.next()
	return w
}

func (w *watching) read(body io.Reader) {
	defer close(w.messages)
	var m message
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch name {
		case "id":
			m.id = value
		case "event":
			m.kind = value
		case "data":
			m.data += value
		case "":
			w.messages <- m
			m = message{}
		}
	}
}

// next waits for a message; it is empty at the end of the stream.
func (w *watching) next() message {
	w.t.Helper()
	select {
	case m := <-w.messages:
		return m
	case <-time.After(time.Minute):
		w.t.Fatal("nothing came for a minute")
		return message{}
	}
}

// news returns the next message that says something: on a slow machine there are signs of life between.
func (w *watching) news() message {
	w.t.Helper()
	for {
		if m := w.next(); m.kind != "" || m.data != "" {
			return m
		}
	}
}

// ids reads the ids of the next events, and returns the last place that was told beside them.
func (w *watching) ids(n int) (ids []string, place string) {
	w.t.Helper()
	for len(ids) < n {
		m := w.news()
		if m.id != "" {
			place = m.id
		}
		var event struct{ ID string }
		if err := json.Unmarshal([]byte(m.data), &event); err != nil || m.kind != "" {
			w.t.Fatalf("got %+v: %v", m, err)
		}
		ids = append(ids, event.ID)
	}
	return ids, place
}

// arrive stores events one after the other, each older than the one before.
func (h *house) arrive(typ string, ids ...string) {
	h.t.Helper()
	for i, id := range ids {
		h.write(tenant, storage.Events, time.Now().Add(-time.Duration(i)*time.Hour), fmt.Sprintf("{\"id\":%q,\n \"type\":%q}", id, typ))
	}
}

func TestLive(t *testing.T) {
	h := shop(t)
	w := h.as(auth.Viewer).watch("/events/live")
	only := h.as(auth.Viewer).watch(query("/events/live", "q", `type = "rare"`))
	began := time.Now()
	h.arrive("common", "a", "b", "c")
	h.arrive("rare", "d")
	ids, place := w.ids(4)
	if got := strings.Join(ids, " "); got != "a b c d" {
		t.Errorf("got %s", got)
	}
	if ids, _ := only.ids(1); ids[0] != "d" {
		t.Errorf("got %v", ids)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	w.leave()
	h.arrive("common", "e", "f")
	for _, again := range []*watching{
		h.as(auth.Viewer).with("Last-Event-ID", place).watch("/events/live"),
		h.as(auth.Viewer).watch(query("/events/live", "after", place)),
	} {
		if ids, _ := again.ids(2); strings.Join(ids, " ") != "e f" {
			t.Errorf("after an interruption came %v", ids)
		}
	}
	// The place of a store that is gone leads to the end, and the client gets to know.
	lost := h.as(auth.Viewer).watch(query("/events/live", "after", "no place of ours"))
	if lost.first != (message{kind: "skipped", data: `{"count":0,"more":true}`}) {
		t.Errorf("began with %+v", lost.first)
	}
	if m := lost.next(); m.id == "" || m.data != "" {
		t.Errorf("went on with %+v", m)
	}
}

func TestLiveErrors(t *testing.T) {
	h := open(t)
	h.as(auth.Viewer).send("GET", query("/events/live", "q", "type = ("), "").wants(http.StatusBadRequest, `"location":"query.q"`, `"position"`)
	for range 64 {
		h.as(auth.Viewer).watch("/events/live")
	}
	h.as(auth.Viewer).send("GET", "/events/live", "").wants(http.StatusServiceUnavailable, "watch live events already")
}

func TestLiveLeavesOutWhatIsTooMuch(t *testing.T) {
	h := open(t)
	h.arrive("first", "start")
	w := h.as(auth.Viewer).watch("/events/live")
	h.arrive("first", "a")
	_, place := w.ids(1)
	var bodies []string
	for n := range 1200 {
		bodies = append(bodies, fmt.Sprintf(`{"id":"n%d","type":"a"}`, n))
	}
	h.write(tenant, storage.Events, time.Now(), bodies...)
	again := h.as(auth.Viewer).watch(query("/events/live", "after", place))
	if m := again.news(); m.kind != "skipped" || m.data != `{"count":700}` {
		t.Errorf("got %+v", m)
	}
	ids, _ := again.ids(500)
	if ids[0] != "n700" || ids[499] != "n1199" {
		t.Errorf("from %s to %s", ids[0], ids[499])
	}
	// Large events: the newest one comes whatever its size.
	large := strings.Repeat("x", 3<<20)
	h.write(tenant, storage.Events, time.Now(), `{"id":"big1","p":"`+large+`"}`, `{"id":"big2","p":"`+large+`"}`)
	if m := again.news(); m.kind != "skipped" || m.data != `{"count":1}` {
		t.Errorf("got %.100v", m)
	}
	if ids, _ := again.ids(1); ids[0] != "big2" {
		t.Errorf("got %v", ids)
	}
}

func TestLiveEnds(t *testing.T) {
	h := open(t)
	w := h.as(auth.Viewer).watch("/events/live")
	if w.first.id == "" || w.first.data != "" {
		t.Errorf("began with %+v", w.first)
	}
	close(h.closing)
	if m, open := <-w.messages; open {
		t.Errorf("got %+v from a process that stops", m)
	}
}

func TestLiveEndsWithTheRightToSee(t *testing.T) {
	t.Parallel() // it takes some seconds until the stream looks again
	h := open(t)
	user := h.user("ann@example.com", auth.Viewer)
	w := h.session("ann@example.com").watch("/events/live")
	other := h.as(auth.Viewer).watch("/events/live")
	disabled := true
	_, err := h.guard.UpdateUser(t.Context(), tenant, user.ID, auth.UserChange{Disabled: &disabled})
	h.must(err)
	if m := w.next(); m != (message{}) {
		t.Errorf("got %+v", m)
	}
	if m := other.next(); m.id == "" {
		t.Errorf("got %+v, want a sign of life", m)
	}
}
