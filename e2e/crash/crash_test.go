package crash

import (
	"context"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"
)

// killsInFolder is how often a server is killed on one folder before everything in it is compared and a new one begins.
const killsInFolder = 20

// TestCrash kills the server under load at random moments, also while it starts. What was answered with 200 is there afterwards,
// once; of what was not answered nothing is there by half.
func TestCrash(t *testing.T) {
	for left := *kills; left > 0; left -= killsInFolder {
		data, c := t.TempDir(), newCrowd(2)
		s := start(t, data)
		s.makeSource()
		for range min(left, killsInFolder) {
			underLoad(t, s, c, time.Duration(rand.Int64N(int64(700*time.Millisecond))), syscall.SIGKILL, -1)
			if rand.IntN(4) == 0 {
				starting := launch(t, data)
				wait(t, time.Duration(rand.Int64N(int64(200*time.Millisecond))))
				starting.end(syscall.SIGKILL)
			}
			s = start(t, data)
		}
		verify(t, s, c)
		s.end(syscall.SIGTERM)
		if t.Failed() {
			t.Fatalf("the last words of the server:\n%s", s.out)
		}
	}
}

// TestStop stops the server under load in the ordinary way: the exit code is 0 and nothing that was answered is lost.
func TestStop(t *testing.T) {
	data, c := t.TempDir(), newCrowd(2)
	s := start(t, data)
	s.makeSource()
	for range 4 {
		underLoad(t, s, c, 100*time.Millisecond+time.Duration(rand.Int64N(int64(400*time.Millisecond))), syscall.SIGTERM, 0)
		s = start(t, data)
	}
	verify(t, s, c)
	s.end(syscall.SIGTERM)
}

// underLoad ends the server with a signal while visitors send.
func underLoad(t *testing.T, s *server, c *crowd, after time.Duration, signal syscall.Signal, code int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		c.run(ctx, t, s, nil)
	}()
	wait(t, after)
	if got := s.end(signal); got != code {
		t.Fatalf("exit code %d, want %d:\n%s", got, code, s.out)
	}
	cancel()
	<-gone
}

// wait lets a random time pass: what happens meanwhile is up to chance.
func wait(t testing.TB, d time.Duration) {
	t.Helper()
	select {
	case <-t.Context().Done():
	case <-time.After(d):
	}
}
