package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// TestDeadLetters has accepted payloads fail for good, finds them put aside, with the reason, and replays them after the cause is
// gone, in another process: first one by its id, then all.
func TestDeadLetters(t *testing.T) {
	embedded(t)
	for _, mix := range []string{"", "pulsar", "redis pulsar elasticsearch"} {
		t.Run("queue on "+mix, func(t *testing.T) {
			args, data := onMix(t, "dead", mix), t.TempDir()
			p := start(t, data, append(args, "--refuse-bots")...)
			p.must("POST", "/api/v1/sources", `{"id":"site","name":"Site","types":["rest"]}`, nil)
			for n := range 3 {
				p.must("POST", "/track", fmt.Sprintf(`{"source":{"id":"site"},"session":{"id":"s%d"},"options":{"async":true},
					"context":{"browser":{"local":{"browser":{"userAgent":"Googlebot/2.1"}}}},"events":[{"id":"e%d","type":"page-view"}]}`, n, n), nil)
			}
			await(t, "three messages to be put aside", func() bool { return p.dead(t) == 3 })
			if code := p.signal(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d", code)
			}

			p = start(t, data, args...)
			var letters struct{ Items []struct{ ID, Reason string } }
			p.must("GET", "/api/v1/queue/collected/dead", "", &letters)
			if len(letters.Items) != 3 || !strings.Contains(letters.Items[0].Reason, "bots") {
				t.Fatalf("the dead letters are %+v", letters.Items)
			}
			for _, replay := range []struct {
				body string
				want int
			}{{fmt.Sprintf(`{"ids":[%q]}`, letters.Items[1].ID), 1}, {`{}`, 2}, {`{}`, 0}} {
				var answer struct{ Replayed int }
				if p.must("POST", "/api/v1/queue/collected/replay", replay.body, &answer); answer.Replayed != replay.want {
					t.Errorf("%s: %d are replayed, want %d", replay.body, answer.Replayed, replay.want)
				}
			}
			await(t, "the events to be there", func() bool { return p.count("events", `type = "page-view"`) == 3 })
			if n := p.dead(t); n != 0 {
				t.Errorf("%d are put aside", n)
			}
			if code := p.signal(syscall.SIGTERM); code != 0 {
				t.Errorf("exit code %d", code)
			}
		})
	}
}

// dead is how many messages are put aside.
func (p *program) dead(t *testing.T) (n int) {
	t.Helper()
	var queue struct{ Items []struct{ Dead int } }
	p.must("GET", "/api/v1/queue", "", &queue)
	for _, topic := range queue.Items {
		n += topic.Dead
	}
	return n
}
