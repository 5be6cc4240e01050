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

// TestOutageOfTheRecords freezes the server of the records for a moment and for longer than a request waits, and kills it, under
// load. Each request is taken, or refused with 503 and a time to come again. Afterwards, without anybody's help, everything that was
// acknowledged is there, once, in its order, and counters are exact.
func TestOutageOfTheRecords(t *testing.T) {
	for _, name := range []string{"elasticsearch", "opensearch"} {
		t.Run(name, func(t *testing.T) {
			shared := startServices(t, name)
			e := newSearchServer(t, shared.urls["TRACARDI_TEST_"+strings.ToUpper(name)+"_URL"])
			s := start(t, t.TempDir(), e.flag())
			s.makeSource()
			c := newCrowd(1)
			c.pause = 100 * time.Millisecond
			for _, outage := range []struct {
				name       string
				begin, end string
				lasts      time.Duration
			}{
				{"frozen for a moment", "pause", "resume", time.Second},
				{"frozen", "pause", "resume", 14 * time.Second},
				{"killed", "kill", "start", 2 * time.Second},
			} {
				t.Run(outage.name, func(t *testing.T) {
					before := answered(c)
					refusals := loaded(t, c, s, func() {
						wait(t, time.Second)
						shared.run(outage.begin, name)
						wait(t, outage.lasts)
						shared.run(outage.end, name)
						taken := c.acks.Load()
						await(t, "requests to be answered again", func() bool { return c.acks.Load() > taken+20 })
					})
					t.Logf("%d requests taken, %d refused", answered(c)-before, refusals)
				})
			}
			e.settle(s)
			verify(t, s, c)
			if code := s.end(syscall.SIGTERM); code != 0 || t.Failed() {
				t.Errorf("exit code %d:\n%s", code, s.out)
			}
		})
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
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
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
		await(t, "the rebuilding to begin", begun)
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
