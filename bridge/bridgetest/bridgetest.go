// Package bridgetest is the suite that every bridge passes, on a real broker: what is sent arrives once, in its order, whatever dies in
// between, and what cannot be read is kept.
package bridgetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/bridge"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/reader"
)

// Sent is a message that a test sends.
type Sent struct{ ID, Key, Body string }

// Broker is how the suite reaches a real broker.
type Broker struct {
	Kind   string
	Server map[string]any // settings of the resource
	// Make makes a place for messages that no test had before. It returns the settings of a source that reads from there, without the
	// server, and what sends to it, in order, and returns when the broker has it.
	Make func(t *testing.T) (settings map[string]any, send func(messages ...Sent))
	// Wrong are settings of resources and of sources that cannot work, by what the error says of them.
	Wrong map[string]struct{ Server, Settings map[string]any }
}

// Run runs the suite.
func Run(t *testing.T, b Broker) {
	for name, test := range map[string]func(*testing.T, Broker){
		"shapes": shapes, "unread": unreadMessages, "again": again, "copies": copies, "changes": changes, "wrong": wrong,
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, b) })
	}
}

// begin makes an installation whose source reads from a new place of the broker.
func begin(t *testing.T, b Broker, change func(*tracardi.Source)) (p *place, send func(...Sent)) {
	p = newPlace(t)
	settings, send := b.Make(t)
	p.resource(b.Kind, b.Server)
	p.source(b.Kind, settings, change)
	return p, send
}

// connected starts readers and waits until messages can arrive.
func (p *place) connected() *reader.Readers {
	p.t.Helper()
	readers, _ := p.copy()
	p.await("a connection", func() (bool, string) { s := state(readers); return s.Connected, s.Error })
	return readers
}

func event(kind string, n int) string {
	return fmt.Sprintf(`{"type":%q,"properties":{"n":%d}}`, kind, n)
}

func shapes(t *testing.T, b Broker) {
	p, send := begin(t, b, func(s *tracardi.Source) {
		s.EventType, s.ProfileFrom, s.StaticIDs, s.StickySession = "order-paid", "customer.id", true, true
	})
	readers := p.connected()
	send(
		Sent{"1", "a", event("one", 1)},
		Sent{"2", "a", `[{"type":"two","properties":{"n":1}},{"type":"two","properties":{"n":2}}]`},
		Sent{"3", "a", `{"order":"A-1","customer":{"id":"ann"},"value":3}`},
		Sent{"4", "b", `{"source":{"id":"another"},"session":{"id":"s-1"},"events":[{"type":"three"},{"type":"three"}]}`},
	)
	p.awaitEvents("", 6)
	for query, want := range map[string]int{
		`type = "one" AND properties.n = 1 AND metadata.profile_less = true`:                      1,
		`type = "two" AND properties.n > 0`:                                                       2,
		`type = "order-paid" AND properties.order = "A-1" AND profile.id = "ann"`:                 1,
		`type = "three" AND session.id = "s-1"`:                                                   2,
		`source.id = "` + source + `"`:                                                            6,
		`type = "order-paid" AND properties.customer.id = "ann" AND metadata.profile_less = true`: 0,
	} {
		if n := p.events(query); n != want {
			t.Errorf("%d events match %s, want %d", n, query, want)
		}
	}
	if s := state(readers); s.Messages != 4 || s.Unread != 0 || s.Last.IsZero() || s.Error != "" || s.Kind != b.Kind {
		t.Errorf("state %+v after 4 messages", s)
	}
}

// unreadMessages are put aside, hold up nothing, and arrive when the source is mended.
func unreadMessages(t *testing.T, b Broker) {
	p, send := begin(t, b, nil)
	readers := p.connected()
	send(Sent{"1", "k", event("good", 1)}, Sent{"2", "k", "not JSON"}, Sent{"3", "k", "\xff\xfe"}, Sent{"4", "k", `{"total":5}`}, Sent{"5", "k", event("good", 2)})
	p.awaitEvents(`type = "good"`, 2)
	var letters []string
	p.await("three dead letters", func() (bool, string) {
		letters = nil
		for _, letter := range p.dead() {
			letters = append(letters, letter.Reason+" "+string(letter.Body))
		}
		return len(letters) == 3, strings.Join(letters, "\n")
	})
	for _, want := range []string{"not JSON", "no valid JSON", "event_type", `\"total\":5`, "//4="} {
		if !slices.ContainsFunc(letters, func(letter string) bool { return strings.Contains(letter, want) }) {
			t.Errorf("no dead letter has %q: %s", want, letters)
		}
	}
	p.await("the counts", func() (bool, string) {
		s := state(readers)
		return s.Messages == 5 && s.Unread == 3, fmt.Sprintf("%+v", s)
	})
	stored := p.workspace.Snapshot(tracardi.DefaultTenant).Sources[source]
	p.source(b.Kind, stored.Bridge, func(s *tracardi.Source) { s.EventType = "order" })
	if err := p.workspace.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := p.store.Queue().Replay(t.Context(), tracardi.DefaultTenant, collect.UnreadTopic); n != 3 || err != nil {
		t.Fatalf("%d dead letters tried again, %v", n, err)
	}
	p.awaitEvents(`type = "order" AND properties.total = 5`, 1)
	p.await("the others to be put aside again", func() (bool, string) { n := len(p.dead()); return n == 2, fmt.Sprint(n) })
}

// again has the process die between the queue and the broker, and the queue fail: nothing is lost and nothing counts twice.
func again(t *testing.T, b Broker) {
	for name, stored := range map[string]bool{"the process dies": true, "the queue is down": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, send := begin(t, b, nil)
			fails := &failure{stored: stored}
			fails.times.Store(2)
			p.failing.Store(fails)
			p.connected()
			const all = 60
			var messages []Sent
			for n := range all {
				messages = append(messages, Sent{fmt.Sprint(n), "k", event("again", n)})
			}
			send(messages...)
			p.awaitEvents("", all)
			p.await("all to be there, once", func() (bool, string) {
				p.mu.Lock()
				defer p.mu.Unlock()
				return fails.times.Load() < 0, "the fault did not happen"
			})
			p.inOrder(all)
		})
	}
}

// inOrder checks that each copy accepted the messages of each key in their order, apart from those that came again.
func (p *place) inOrder(want int) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	total := 0
	for key, bodies := range p.taken {
		seen := map[string]bool{}
		last := -1
		for _, body := range bodies {
			if seen[body] {
				continue
			}
			seen[body] = true
			at, n := strings.LastIndex(body, `"n":`), 0
			if _, err := fmt.Sscanf(body[at+4:], "%d", &n); err != nil {
				p.t.Fatal(err)
			}
			if n <= last {
				p.t.Errorf("of the copy and key %s, %d came behind %d", key, n, last)
			}
			last = n
		}
		total += len(seen)
	}
	if total != want {
		p.t.Errorf("%d messages were accepted, want %d", total, want)
	}
}

// copies share the messages; one that stops leaves the rest to the other.
func copies(t *testing.T, b Broker) {
	p, send := begin(t, b, nil)
	first := p.connected()
	second, stop := p.copy()
	p.await("a second connection", func() (bool, string) { s := state(second); return s.Connected, s.Error })
	sent := 0
	next := func() {
		var messages []Sent
		for key := range 20 {
			messages = append(messages, Sent{fmt.Sprintf("%d-%d", sent, key), fmt.Sprint("k", key), event("shared", 20*sent+key)})
		}
		send(messages...)
		sent++
		p.awaitEvents("", 20*sent)
	}
	p.await("both to have messages", func() (bool, string) {
		next()
		one, other := state(first).Messages, state(second).Messages
		return one > 0 && other > 0, fmt.Sprintf("%d and %d of %d", one, other, 20*sent)
	})
	stop()
	next()
	p.inOrder(20 * sent)
}

// changes of the configuration reach the reader.
func changes(t *testing.T, b Broker) {
	p, send := begin(t, b, nil)
	readers := p.connected()
	settings := p.workspace.Snapshot(tracardi.DefaultTenant).Sources[source].Bridge
	send(Sent{"1", "k", event("change", 1)})
	p.awaitEvents("", 1)
	p.source(b.Kind, settings, func(s *tracardi.Source) { s.Enabled = false })
	p.await("the reader to stop", func() (bool, string) { return len(readers.States()) == 0, "it runs" })
	send(Sent{"2", "k", event("change", 2)})
	p.source(b.Kind, settings, func(s *tracardi.Source) { s.Name = "Another" })
	p.awaitEvents("", 2)
	other, sendThere := b.Make(t)
	p.source(b.Kind, other, nil)
	p.await("a connection to the other place", func() (bool, string) {
		s := state(readers)
		return s.Connected && s.Messages == 0, s.Error
	})
	sendThere(Sent{"3", "k", event("change", 3)})
	p.awaitEvents("", 3)
}

// wrong settings are told, and nothing else happens.
func wrong(t *testing.T, b Broker) {
	if len(b.Wrong) == 0 {
		t.Fatal("nothing can be wrong?")
	}
	for says, is := range b.Wrong {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			settings, server := is.Settings, is.Server
			if settings == nil {
				settings, _ = b.Make(t)
			}
			if server == nil {
				server = b.Server
			}
			p.resource(b.Kind, server)
			p.source(b.Kind, settings, nil)
			readers, _ := p.copy()
			p.await("an error", func() (bool, string) {
				s := state(readers)
				return strings.Contains(s.Error, says), fmt.Sprintf("%+v", s)
			})
			if state(readers).Connected {
				t.Error("it is connected")
			}
		})
	}
	for _, kind := range bridge.Kinds() {
		if _, err := kind.Configure([]byte(`{}`)); err == nil {
			t.Errorf("a source reads from %s without settings", kind.Name)
		}
	}
}
