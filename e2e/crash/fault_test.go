package crash

import (
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/fault"
)

// launchMortal runs a program that dies when it is at a point for the third time.
func launchMortal(t *testing.T, p fault.Point, args ...string) *server {
	t.Helper()
	return launchProgram(t, mortal, []string{"MORTAL_AT=" + string(p) + ":3"}, args...)
}

// taking waits until the program takes requests, and returns false when it has died already: of what others left to it.
func (s *server) taking() bool {
	s.t.Helper()
	await(s.t, "the program to take requests or to die", func() bool {
		if match := readyLine.FindStringSubmatch(s.out.String()); match != nil {
			s.url = match[1]
		}
		return s.url != "" || s.over()
	})
	return !s.over()
}

func (s *server) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// dies waits for the program to die, by its own hand.
func (s *server) dies(p fault.Point) {
	s.t.Helper()
	begun := time.Now()
	select {
	case <-s.ended:
		s.t.Logf("it dies after %s", time.Since(begun).Round(10*time.Millisecond))
	case <-time.After(30 * time.Second):
		s.t.Errorf("it is never at the point %q:\n%s", p, s.out)
		s.end(syscall.SIGKILL)
	}
	if code := s.command.ProcessState.ExitCode(); code != -1 {
		s.t.Errorf("exit code %d:\n%s", code, s.out)
	}
}

// TestDeathAtEachPoint has the program die between each pair of steps on its way with an event, a message and a run of a flow, one
// after the other, and then compares.
func TestDeathAtEachPoint(t *testing.T) {
	data, c := t.TempDir(), newCrowd(1)
	c.pause = 5 * time.Millisecond
	dieAtEach(t, c, []string{"--data", data}, fault.Accepted, fault.Received, fault.Loaded, fault.Ran, fault.Taken, fault.Written, fault.Synced, fault.Stored, fault.Woken, fault.WentOn)
}

// TestDeathAtEachPointOfTheOutbox does so beside a queue on a server, which gets what the embedded store keeps for it.
func TestDeathAtEachPointOfTheOutbox(t *testing.T) {
	shared := startServices(t, "pulsar")
	c := newCrowd(1)
	c.pause = 20 * time.Millisecond
	args := append(shared.settings("outbox"), "--data", t.TempDir())
	dieAtEach(t, c, args, fault.Accepted, fault.HandingOver, fault.HandedOver, fault.Stored, fault.Acknowledging, fault.Acknowledged, fault.WentOn)
}

// dieAtEach has one process after the other die on the same stores.
func dieAtEach(t *testing.T, c *crowd, args []string, points ...fault.Point) {
	t.Helper()
	args = append(args, "--roles=api,worker")
	s := launchWith(t, args...).listening()
	s.makeSource()
	s.makeFlow(c)
	s.end(syscall.SIGTERM)
	for _, p := range points {
		t.Run(string(p), func(t *testing.T) {
			dying := launchMortal(t, p, args...)
			if dying.taking() {
				loaded(t, c, dying, func() { dying.dies(p) })
			} else {
				dying.dies(p)
			}
		})
	}
	s = launchWith(t, args...).listening()
	verify(t, s, c)
	if s.end(syscall.SIGTERM); t.Failed() {
		t.Logf("the last words of the server:\n%s", s.out)
	}
}

// TestDeathAtEachPointOfACluster has a member die between each pair of steps, while another one goes on.
func TestDeathAtEachPointOfACluster(t *testing.T) {
	c := startCluster(t, "faults", "api-1", "worker-1")
	visitors := newCrowd(1)
	visitors.pause, visitors.stubborn = 100*time.Millisecond, true
	c.front.makeFlow(visitors)
	wait(t, time.Second) // after which every process knows it
	for _, p := range []fault.Point{
		fault.Accepted, fault.Received, fault.Loaded, fault.Ran, fault.Taken, fault.Checked, fault.Noted, fault.Decided, fault.Completed, fault.Published,
		fault.Stored, fault.Acknowledging, fault.Acknowledged, fault.Woken, fault.WentOn,
	} {
		t.Run(string(p), func(t *testing.T) {
			dying := launchMortal(t, p, append([]string{"--roles=api,worker"}, c.args...)...)
			loaded(t, visitors, c.front, func() {
				if dying.taking() {
					c.balancer.put(dying, false)
				}
				dying.dies(p)
			})
		})
	}
	c.verify(visitors)
}
