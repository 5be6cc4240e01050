package crash

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// cluster is the whole set: two APIs behind a balancer, two workers, the web application, and every store on a server.
type cluster struct {
	t        *testing.T
	services *services
	args     []string
	balancer *balancer
	members  map[string]*server
	front    *server // what visitors see
}

func startCluster(t *testing.T, name string) *cluster {
	t.Helper()
	c := &cluster{t: t, services: startServices(t, "mariadb", "redis", "pulsar", "elasticsearch"), members: map[string]*server{}}
	c.args = c.services.settings(name)
	c.balancer = newBalancer(t)
	c.front = &server{
		t: t, out: &output{}, url: c.balancer.URL,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute},
	}
	t.Cleanup(c.front.client.CloseIdleConnections)
	for _, member := range []string{"api-1", "api-2", "worker-1", "worker-2", "gui-1"} {
		c.start(member)
	}
	c.front.makeSource()
	wait(t, time.Second) // after which every process knows a change
	return c
}

// start starts a member and, when it is an API, puts it behind the balancer.
func (c *cluster) start(member string) {
	c.t.Helper()
	role := member[:len(member)-2]
	s := launchWith(c.t, append([]string{"--roles=" + role, "--shutdown-delay=500ms"}, c.args...)...).listening()
	c.members[member] = s
	if role == "api" {
		c.balancer.add(s)
	}
}

// verify compares what the cluster has with what it promised.
func (c *cluster) verify(visitors *crowd) {
	c.t.Helper()
	c.front.drain()
	wait(c.t, 3*time.Second) // searches see a document a moment after it is stored
	verify(c.t, c.front, visitors)
	if c.t.Failed() {
		for name, s := range c.members {
			text := s.out.String()
			c.t.Logf("the last words of %s:\n%s", name, text[max(0, len(text)-2000):])
		}
	}
}

// TestRollingRestart replaces every member of a cluster under load, one after the other. No request fails.
func TestRollingRestart(t *testing.T) {
	c := startCluster(t, "rolling")
	visitors := newCrowd(1)
	visitors.pause = 100 * time.Millisecond
	refusals := loaded(t, visitors, c.front, func() {
		for _, member := range []string{"api-1", "worker-1", "api-2", "gui-1", "worker-2"} {
			wait(t, 500*time.Millisecond)
			old := c.members[member]
			c.start(member) // the new one first
			if code := old.end(syscall.SIGTERM); code != 0 {
				t.Errorf("%s ends with code %d:\n%s", member, code, old.out)
			}
		}
		wait(t, 500*time.Millisecond)
	})
	if refusals > 0 {
		t.Errorf("%d requests were refused", refusals)
	}
	for _, v := range visitors.visitors {
		for n, r := range v.requests {
			if !r.acked && n < len(v.requests)-1 { // the last one may have been cut off by the end of the test
				t.Errorf("request %d of %s was not answered", n, v.id)
			}
		}
	}
	c.verify(visitors)
}

// TestMembersDie kills a member of each role under load, twice, and starts it again as a supervisor would.
func TestMembersDie(t *testing.T) {
	c := startCluster(t, "members")
	visitors := newCrowd(1)
	visitors.pause, visitors.stubborn = 100*time.Millisecond, true
	loaded(t, visitors, c.front, func() {
		for range 2 {
			for _, member := range []string{"worker-1", "api-1", "gui-1"} {
				wait(t, time.Second)
				if code := c.members[member].end(syscall.SIGKILL); code != -1 {
					t.Errorf("%s ended by itself with code %d:\n%s", member, code, c.members[member].out)
				}
				c.start(member)
			}
		}
	})
	c.verify(visitors)
}

// TestAnotherSecretIsNotLetIn starts a member with a secret that the others do not have.
func TestAnotherSecretIsNotLetIn(t *testing.T) {
	shared := startServices(t, "mariadb")
	args := append(shared.settings("secrets"), "--data", t.TempDir(), "--roles=api,worker")
	s := launchWith(t, args...).listening()
	defer s.end(syscall.SIGTERM)
	stranger := launchWith(t, append(args, "--data", t.TempDir(), fmt.Sprintf("--secret=%064d", 1))...)
	if code := stranger.wait(); code == 0 || code == -1 {
		t.Errorf("exit code %d", code)
	}
	if text := stranger.out.String(); !strings.Contains(text, "the secret is not the one") {
		t.Errorf("it says:\n%s", text)
	}
}
