package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// request is a payload that was sent, and what is known of its fate.
type request struct {
	session string
	events  []sent
	body    string
	queued  bool

	acked   bool   // answered with 200
	profile string // as the answer says; empty in an answer that came before the work
}

// sent is an event of a request. key tells it from all others, also when the server made its id.
type sent struct {
	key   string
	id    string // given by the client, or told by the answer; empty when neither
	value int
}

// way is how a visitor sends.
type way struct {
	name    string
	batch   int  // events in a request
	ids     bool // the client gives the ids
	again   bool // the client sends a request until it is answered
	fresh   bool // each request has a session of its own
	queued  bool // accepted now, processed later
	session string
}

var ways = []way{
	{name: "returning", batch: 1, ids: true, again: true},
	{name: "new", batch: 1, fresh: true},
	{name: "batch", batch: 10, ids: true},
	{name: "large", batch: 60, ids: true, again: true},
	{name: "made", batch: 3},
	{name: "queued", batch: 2, ids: true, queued: true},
	{name: "queued-again", batch: 1, ids: true, queued: true, again: true},
	{name: "queued-new", batch: 1, fresh: true, queued: true},
	{name: "hot", batch: 1, ids: true, again: true, session: "hot"},
	{name: "hot-made", batch: 2, session: "hot"},
}

// visitor sends one request after another, in one way.
type visitor struct {
	way
	id       string
	random   *rand.Rand
	requests []*request
	open     *request // was not answered, and is sent again
}

// crowd is everyone who sends to a server.
type crowd struct {
	visitors []*visitor
	pause    time.Duration // between two requests of a visitor
	stubborn bool          // a connection that breaks is not the end
	flow     bool          // makeFlow was called
}

// inFlow marks the events that the flow of makeFlow runs for.
const inFlow = "yes"

func newCrowd(perWay int) *crowd {
	c := &crowd{}
	for _, w := range ways {
		for i := range perWay {
			id := fmt.Sprintf("%s-%d", w.name, i)
			c.visitors = append(c.visitors, &visitor{way: w, id: id, random: rand.New(rand.NewPCG(rand.Uint64(), 0))})
		}
	}
	return c
}

// run lets everyone send until ctx ends or the server goes away, and calls back for each refusal with its Retry-After.
func (c *crowd) run(ctx context.Context, t testing.TB, s *server, refused func(status int, retryAfter string)) {
	var running sync.WaitGroup
	for _, v := range c.visitors {
		pause := c.pause
		if v.queued && !v.fresh {
			pause *= 5 // they are worked off one after the other, and nobody waits for that
		}
		running.Go(func() {
			for ctx.Err() == nil && (v.visit(ctx, t, s, refused) || c.stubborn) {
				if pause > 0 {
					select {
					case <-ctx.Done():
					case <-time.After(pause):
					}
				}
			}
		})
	}
	running.Wait()
}

// visit sends one request. It returns false when the server is gone.
func (v *visitor) visit(ctx context.Context, t testing.TB, s *server, refused func(int, string)) bool {
	r := v.open
	if r == nil {
		r = v.next()
		v.requests = append(v.requests, r)
		if v.again {
			v.open = r
		}
	}
	sending, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/track", strings.NewReader(r.body))
	if err != nil {
		t.Error(err)
		return false
	}
	response, err := s.client.Do(sending)
	if err != nil {
		return false
	}
	text, err := io.ReadAll(response.Body)
	response.Body.Close()
	switch {
	case response.StatusCode == http.StatusOK: // the head is the promise, whatever becomes of the body
		r.acked = true
		v.open = nil
		if err == nil {
			r.learn(t, text)
		}
	case response.StatusCode == http.StatusServiceUnavailable && refused != nil:
		refused(response.StatusCode, response.Header.Get("Retry-After"))
	default:
		t.Errorf("status %d: %s", response.StatusCode, text)
	}
	return err == nil
}

// learn notes what the answer tells.
func (r *request) learn(t testing.TB, text []byte) {
	var answer struct {
		Events  []string
		Profile struct{ ID string }
		Session struct{ ID string }
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Errorf("%v in %s", err, text)
		return
	}
	if answer.Session.ID != r.session {
		t.Errorf("session %q was answered with %q", r.session, answer.Session.ID)
	}
	r.profile = answer.Profile.ID
	if r.queued {
		return
	}
	// Its own events come first, in their order; the system's follow. One that is sent again is told what was new.
	for i := range r.events {
		if r.events[i].id == "" && i < len(answer.Events) {
			r.events[i].id = answer.Events[i]
		}
	}
}

// next makes a request. Its events count and add up in the profile, and lie somewhere in the last days.
func (v *visitor) next() *request {
	n := len(v.requests)
	r := &request{session: v.session, queued: v.queued}
	switch {
	case v.fresh:
		r.session = fmt.Sprintf("%s-%06d", v.id, n)
	case r.session == "":
		r.session = v.id
	}
	events := make([]map[string]any, v.batch)
	for i := range events {
		e := sent{key: fmt.Sprintf("%s/%d/%d", v.id, n, i), value: 1 + v.random.IntN(100)}
		event := map[string]any{
			"type": "checkout-started", "properties": map[string]any{"id": e.key, "value": e.value, "note": strings.Repeat("x", v.random.IntN(300))},
			"time": map[string]any{"insert": time.Now().Add(-time.Duration(v.random.Int64N(int64(72 * time.Hour)))).UTC().Format(time.RFC3339Nano)},
		}
		if v.batch == 1 {
			event["properties"].(map[string]any)["flow"] = inFlow
		}
		if v.ids {
			e.id = "id-" + e.key
			event["id"] = e.id
		}
		r.events = append(r.events, e)
		events[i] = event
	}
	body, err := json.Marshal(map[string]any{
		"source": map[string]any{"id": "crash"}, "session": map[string]any{"id": r.session}, "events": events,
		"options": map[string]any{"debugger": true, "async": v.queued},
	})
	if err != nil {
		panic(err) // texts and numbers
	}
	r.body = string(body)
	return r
}

// counts says how many requests were sent, how many of them were answered, and how many events were promised.
func (c *crowd) counts() (requests, answered, promised int) {
	for _, v := range c.visitors {
		for _, r := range v.requests {
			requests++
			if r.acked {
				answered++
				promised += len(r.events)
			}
		}
	}
	return requests, answered, promised
}
