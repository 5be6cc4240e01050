package crash

import (
	"context"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// outage is what can happen to a server, and how it ends.
type outage struct {
	name       string
	begin, end string // scripts
}

var outages = []outage{
	{"frozen", "pause", "resume"},
	{"killed", "kill", "start"},
}

// TestOutageOfASharedServer freezes and kills one server after the other under load: first it is away for a while, then it comes
// back. Each request is taken or refused with 503 and a time to come again. Afterwards, without anybody's help, everything that
// was acknowledged is there, once, in its order.
func TestOutageOfASharedServer(t *testing.T) {
	shared := startServices(t, "mariadb", "redis", "pulsar")
	data := t.TempDir()
	args := append(shared.settings("outage"), "--data", data, "--roles=api,worker")
	s := launchWith(t, args...).listening()
	s.makeSource()
	c := newCrowd(1)
	c.pause = 250 * time.Millisecond // a server that starts slowly must not make much to compare
	for _, name := range []string{"mariadb", "redis", "pulsar"} {
		for _, outage := range outages {
			t.Run(name+" is "+outage.name, func(t *testing.T) {
				before := answered(c)
				refusals := loaded(t, c, s, func() {
					wait(t, time.Second)
					shared.away(name, outage.begin, outage.end, 4*time.Second)
					wait(t, time.Second)
				})
				taken := answered(c) - before
				t.Logf("%d requests taken, %d refused", taken, refusals)
				if taken == 0 {
					t.Error("no request was taken")
				}
			})
		}
	}
	verify(t, s, c)
	if code := s.end(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.out)
	}
}

// TestCrashOnSharedServers kills the program under load, again and again, while its configuration, cache, locks and queue are on
// servers.
func TestCrashOnSharedServers(t *testing.T) {
	shared := startServices(t, "mariadb", "redis", "pulsar")
	args := append(shared.settings("crash"), "--data", t.TempDir(), "--roles=api,worker")
	c := newCrowd(1)
	s := launchWith(t, args...).listening()
	s.makeSource()
	for i := range 4 {
		underLoad(t, s, c, time.Duration(i+1)*500*time.Millisecond, syscall.SIGKILL, -1)
		s = launchWith(t, args...).listening()
	}
	verify(t, s, c)
}

func answered(c *crowd) int {
	_, n, _ := c.counts()
	return n
}

// loaded has a crowd send while something happens, and returns how many requests were refused.
func loaded(t *testing.T, c *crowd, s *server, happens func()) int64 {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	gone := make(chan struct{})
	var refusals atomic.Int64
	go func() {
		defer close(gone)
		c.run(ctx, t, s, func(status int, retryAfter string) {
			refusals.Add(1)
			if retryAfter == "" {
				t.Errorf("a refusal with %d does not say when to come again", status)
			}
		})
	}()
	happens()
	cancel()
	<-gone
	return refusals.Load()
}
