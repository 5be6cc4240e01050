package crash

import (
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/e2e/place"
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

func startCluster(t *testing.T, name string, members ...string) *cluster {
	t.Helper()
	if len(members) == 0 {
		members = []string{"api-1", "api-2", "worker-1", "worker-2", "gui-1"}
	}
	c := &cluster{t: t, services: startServices(t, "mariadb", "redis", "pulsar", "elasticsearch"), members: map[string]*server{}}
	c.args = c.services.settings(name)
	c.balancer = newBalancer(t)
	c.front = &server{
		t: t, out: &output{}, url: c.balancer.URL,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: time.Minute},
	}
	t.Cleanup(c.front.client.CloseIdleConnections)
	for _, member := range members {
		c.start(member)
	}
	c.front.makeSource()
	wait(t, time.Second) // after which every process knows a change
	return c
}

// start starts a member and puts it behind the balancer, unless it is a worker.
func (c *cluster) start(member string) {
	c.t.Helper()
	role := member[:len(member)-2]
	s := launchWith(c.t, append([]string{"--roles=" + role, "--shutdown-delay=500ms"}, c.args...)...).listening()
	c.members[member] = s
	if role != "worker" {
		c.balancer.add(s, role == "gui")
	}
}

// verify compares what the cluster has with what it promised.
func (c *cluster) verify(visitors *crowd) {
	c.t.Helper()
	settle(c.t, c.front, place.Indices{Web: c.services.urls["TRACARDI_TEST_ELASTICSEARCH_URL"], Prefix: c.services.name})
	verify(c.t, c.front, visitors)
	if c.t.Failed() {
		for name, s := range c.members {
			text := s.out.String()
			c.t.Logf("the last words of %s:\n%s", name, text[max(0, len(text)-2000):])
		}
	}
}

// looked asks for pages of the web application again and again while something happens, and tells how many came and what went wrong
// with the first that did not.
func (c *cluster) looked(happens func()) (pages int, trouble string) {
	c.t.Helper()
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			status, _, text, err := c.front.ask("GET", "/events", "")
			if err == nil && status == http.StatusOK && strings.Contains(string(text), "<html") {
				pages++
			} else if trouble == "" {
				trouble = fmt.Sprintf("%d %v %.200s", status, err, text)
			}
			select {
			case <-over:
				return
			case <-tick.C:
			}
		}
	}()
	happens()
	close(over)
	<-gone
	return pages, trouble
}

// TestRollingRestart replaces every member of a cluster under load, one after the other, while somebody looks at pages. No request
// fails.
func TestRollingRestart(t *testing.T) {
	c := startCluster(t, "rolling")
	visitors := newCrowd(1)
	visitors.pause = 100 * time.Millisecond
	var refusals int64
	pages, trouble := c.looked(func() {
		refusals = loaded(t, visitors, c.front, func() {
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
	})
	if pages < 50 || trouble != "" {
		t.Errorf("%d pages came, and one did not: %s", pages, trouble)
	}
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

// TestFrozenWorker freezes a worker in the middle of its work until others have done it. When it comes back under load it does the
// same work again, and nothing of it counts.
func TestFrozenWorker(t *testing.T) {
	c := startCluster(t, "frozen")
	visitors := newCrowd(1)
	visitors.pause = 50 * time.Millisecond
	frozen := c.members["worker-1"]
	loaded(t, visitors, c.front, func() {
		wait(t, time.Second)
		frozen.signal(syscall.SIGSTOP)
		t.Cleanup(func() { _ = frozen.command.Process.Signal(syscall.SIGCONT) }) // mostly it has ended
		wait(t, time.Second)
	})
	if c.front.waiting() == 0 {
		t.Error("the frozen worker has nothing in its hands, so there is nothing to see")
	}
	begun := time.Now()
	c.front.drain()
	t.Logf("others have its work done after %s", time.Since(begun).Round(time.Second))
	loaded(t, visitors, c.front, func() {
		wait(t, 500*time.Millisecond)
		frozen.signal(syscall.SIGCONT)
		wait(t, 2*time.Second)
	})
	c.verify(visitors)
}

// TestClusterOutage freezes each server under a whole cluster, and kills the one that has the locks.
// TestOutageOfASharedServer kills others, which take their time to start again.
func TestClusterOutage(t *testing.T) {
	c := startCluster(t, "outages")
	visitors := newCrowd(1)
	visitors.pause, visitors.stubborn = 200*time.Millisecond, true
	frozen, killed := outages[0], outages[1]
	for _, test := range []struct {
		name string
		outage
	}{
		{"mariadb", frozen},
		{"redis", frozen},
		{"redis", killed},
		{"pulsar", frozen},
		{"elasticsearch", frozen},
	} {
		t.Run(test.name+" is "+test.outage.name, func(t *testing.T) {
			before := answered(visitors)
			refusals := loaded(t, visitors, c.front, func() {
				wait(t, 500*time.Millisecond)
				c.services.away(test.name, test.begin, test.end, 3*time.Second)
				wait(t, time.Second)
			})
			t.Logf("%d requests taken, %d refused", answered(visitors)-before, refusals)
		})
	}
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
