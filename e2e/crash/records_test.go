package crash

import (
	"context"
	"math/rand/v2"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// absence is an outage that lasts for a while.
type absence struct {
	outage
	lasts time.Duration
}

// TestOutageOfTheRecords freezes the server of the records for a moment and for longer than a request waits, and kills it, under
// load. Each request is taken, or refused with 503 and a time to come again. Afterwards, without anybody's help, everything that was
// acknowledged is there, once, in its order, and counters are exact; what was accepted for later is done soon.
func TestOutageOfTheRecords(t *testing.T) {
	frozen, killed := outages[0], outages[1]
	for name, absences := range map[string][]absence{
		"elasticsearch": {{frozen, time.Second}, {frozen, 11 * time.Second}, {killed, 2 * time.Second}},
		"opensearch":    {{killed, 2 * time.Second}}, // what a frozen one does is the kernel's doing
	} {
		t.Run(name, func(t *testing.T) {
			shared := startServices(t, name)
			e := newSearchServer(t, shared.urls["TRACARDI_TEST_"+strings.ToUpper(name)+"_URL"])
			s := start(t, t.TempDir(), e.flag())
			s.makeSource()
			c := newCrowd(1)
			c.pause = 200 * time.Millisecond // not too much may be accepted for later while the server is away
			for _, a := range absences {
				t.Run(a.name+" for "+a.lasts.String(), func(t *testing.T) { a.happens(t, shared, name, s, c) })
			}
			e.settle(s)
			verify(t, s, c)
			if code := s.end(syscall.SIGTERM); code != 0 || t.Failed() {
				t.Errorf("exit code %d:\n%s", code, s.out)
			}
		})
	}
}

func (a absence) happens(t *testing.T, shared *services, name string, s *server, c *crowd) {
	before := answered(c)
	refusals := loaded(t, c, s, func() {
		wait(t, time.Second)
		shared.away(name, a.begin, a.end, a.lasts)
	})
	left, begun := s.waiting(), time.Now()
	s.drain()
	t.Logf("%d requests taken, %d refused; what was left, %d messages, is done after %s", answered(c)-before, refusals, left, time.Since(begun).Round(time.Second/10))
	if refusals := loaded(t, c, s, func() { wait(t, time.Second) }); refusals > 0 {
		t.Errorf("%d requests are refused although the server is back", refusals)
	}
}

// TestRebuildIsKilled kills the program while it rebuilds the indices of profiles and sessions under load. The next one goes on, and
// the command that asked for it sees the end.
func TestRebuildIsKilled(t *testing.T) {
	e := newSearchServer(t, storagetest.Server(t, "TRACARDI_TEST_ELASTICSEARCH_URL"))
	data, c := t.TempDir(), newCrowd(1)
	c.pause = 50 * time.Millisecond
	s := start(t, data, e.flag())
	s.makeSource()
	underLoad(t, s, c, 2*time.Second, syscall.SIGKILL, -1)
	s = start(t, data, e.flag())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	said := &output{}
	rebuild := exec.CommandContext(ctx, binary, "rebuild", "profile", "session", e.flag(), "--data", t.TempDir())
	rebuild.Stdout, rebuild.Stderr = said, said
	if err := rebuild.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- rebuild.Wait() }()
	begun := func() bool { return strings.Contains(s.out.String(), "rebuilding an index") }
	loaded(t, c, s, func() {
		awaitFor(t, 2*time.Minute, "the rebuilding to begin", begun) // once the lease of the one that died is over
		wait(t, time.Duration(rand.Int64N(int64(time.Second))))
		s.end(syscall.SIGKILL)
	})
	s = start(t, data, e.flag())
	loaded(t, c, s, func() {
		if err := <-ended; err != nil {
			t.Errorf("rebuild: %v\n%s", err, said)
		}
	})
	if text := said.String(); !strings.Contains(text, "profile: done: ") || !strings.Contains(text, "session: done: ") {
		t.Errorf("the command says:\n%s", text)
	}
	e.settle(s)
	verify(t, s, c)
	s.end(syscall.SIGTERM)
	if t.Failed() {
		t.Logf("the last words of the server:\n%s", s.out)
	}
}
