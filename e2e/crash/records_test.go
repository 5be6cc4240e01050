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
