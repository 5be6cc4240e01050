package crash

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// insideVariable is set in a copy of the test that runs where it may mount.
const insideVariable = "TRACARDI_TEST_MAY_MOUNT"

// smallDisk mounts a file system of some megabytes. Who is not root gets a namespace where he may do that: then the test runs
// there, and false is returned here.
func smallDisk(t *testing.T, megabytes int) (dir string, here bool) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes))
	if err == nil {
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, 0); err != nil {
				t.Error(err)
			}
		})
		return dir, true
	}
	if !errors.Is(err, syscall.EPERM) || os.Getenv(insideVariable) != "" {
		t.Skipf("NOT TESTED: a small file system cannot be mounted: %v", err)
	}
	self := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	self.Env = append(os.Environ(), insideVariable+"=yes")
	self.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := self.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skipf("NOT TESTED: a small file system can be mounted neither as this user nor in a namespace of his own: run the tests as root (%v)", err)
	}
	t.Logf("in a namespace that may mount:\n%s", out)
	if err != nil {
		t.Error(err)
	}
	return "", false
}

// TestFullDisk fills the disk under load. The server then refuses with 503 and says when to come again, loses nothing, answers
// questions, survives its death, and takes events again without help once there is room.
func TestFullDisk(t *testing.T) {
	dir, here := smallDisk(t, 48)
	if !here {
		return
	}
	data, filler := filepath.Join(dir, "data"), filepath.Join(dir, "filler")
	s := start(t, data)
	s.makeSource()
	c := newCrowd(1)
	c.pause = 2 * time.Millisecond
	someAccepted(t, s, c)

	fill(t, filler, 4<<20)
	untilRefused(t, s, c)
	notReady(t, s)
	var page struct{ Items []event }
	if s.must("GET", "/api/v1/events?limit=10", "", &page); len(page.Items) != 10 {
		t.Errorf("a full disk hides events: %+v", page)
	}

	// Killed while the disk is full, the server comes back and still knows that it is full.
	if code := s.end(syscall.SIGKILL); code != -1 {
		t.Fatalf("exit code %d", code)
	}
	s = start(t, data)
	untilRefused(t, s, c)
	notReady(t, s)

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	await(t, "the server to be ready again", func() bool { return readiness(t, s) == 200 })
	someAccepted(t, s, c)
	verify(t, s, c)
	if code := s.end(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.out)
	}
}

// someAccepted sends until a number of requests were answered.
func someAccepted(t *testing.T, s *server, c *crowd) {
	t.Helper()
	_, before, _ := c.counts()
	deadline := time.Now().Add(time.Minute) // more than moments only where others keep the machine busy
	for after := before; after-before < 20; _, after, _ = c.counts() {
		if time.Now().After(deadline) {
			t.Fatalf("%d requests were answered in a minute:\n%s", after-before, s.out)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
		c.run(ctx, t, s, func(_ int, retryAfter string) { t.Errorf("refused although there is room, until %s s", retryAfter) })
		cancel()
	}
}

// untilRefused sends until there were many refusals.
func untilRefused(t *testing.T, s *server, c *crowd) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var refusals atomic.Int64
	c.run(ctx, t, s, func(_ int, retryAfter string) {
		if n, err := strconv.Atoi(retryAfter); err != nil || n < 1 || n > 60 {
			t.Errorf("Retry-After: %q", retryAfter)
		}
		if refusals.Add(1) == 100 {
			cancel()
		}
	})
	if refusals.Load() < 100 {
		t.Fatalf("%d refusals on a full disk:\n%s", refusals.Load(), s.out)
	}
}

// fill writes a file until only some bytes are left on its disk.
func fill(t *testing.T, name string, left int64) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	chunk := make([]byte, 64<<10)
	for {
		var disk syscall.Statfs_t
		if err := syscall.Statfs(filepath.Dir(name), &disk); err != nil {
			t.Fatal(err)
		}
		if int64(disk.Bavail)*disk.Bsize <= left {
			return
		}
		if _, err := file.Write(chunk); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func readiness(t *testing.T, s *server) int {
	t.Helper()
	status, _, _, err := s.ask("GET", "/readyz", "")
	if err != nil {
		t.Fatalf("%v\n%s", err, s.out)
	}
	return status
}

// notReady wants /readyz to say that the disk is full.
func notReady(t *testing.T, s *server) {
	t.Helper()
	status, _, text, err := s.ask("GET", "/readyz", "")
	if err != nil || status != 503 || !strings.Contains(string(text), "disk") {
		t.Errorf("/readyz on a full disk: %d %v %s", status, err, text)
	}
}
