package e2e

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

func count(p *program, collection string) (n int) {
	p.t.Helper()
	var answer struct{ Count int }
	p.must("GET", "/api/v1/"+collection+"/count", "", &answer)
	return answer.Count
}

// settled counts once searches show all that was accepted: on servers they do a while later.
func settled(p *program, collection string) int {
	n, since := count(p, collection), time.Now()
	await(p.t, "the last of the "+collection, func() bool {
		if now := count(p, collection); now != n {
			n, since = now, time.Now()
		}
		return !onServers() || time.Since(since) > 5*time.Second
	})
	return n
}

func TestDemo(t *testing.T) {
	data := t.TempDir()
	load := func(args ...string) string {
		t.Helper()
		code, out, errs := run(t, environ("TRACARDI_ADMIN_TOKEN="+token), append([]string{"demo", "--profiles=20", "--events=200"}, args...)...)
		if code != 0 {
			t.Fatalf("exit code %d: %s", code, errs)
		}
		return out
	}
	contains(t, load("--data", data), "200 of 200 events (100 %)")
	p := start(t, data)
	events := settled(p, "events")
	if profiles := settled(p, "profiles"); profiles != 20 || events < 200 {
		t.Errorf("%d profiles and %d events", profiles, events)
	}
	load("--url", p.url)
	if again := settled(p, "events"); again != events {
		t.Errorf("%d events after the first load, %d after the second", events, again)
	}
	load("--url", p.url, "--seed=2")
	if profiles := settled(p, "profiles"); profiles != 40 {
		t.Errorf("%d profiles of two seeds", profiles)
	}
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{[]string{"--data", data}, "--url", 2},
		{[]string{"--events=5"}, "events: ", 1},
		{[]string{"--url=shop.example"}, "url: ", 1},
		{[]string{"--url=" + p.url, "--admin-token=wrong-wrong-wrong-wrong"}, "401", 2},
	} {
		if onServers() && c.args[0] == "--data" {
			continue // nobody has the folder to himself
		}
		code, _, errs := run(t, environ(), append([]string{"demo"}, c.args...)...)
		if code != c.code {
			t.Errorf("demo %q: exit code %d, want %d", c.args, code, c.code)
		}
		contains(t, errs, c.want)
	}
}

// TestServeDemo interrupts the load in the background; the next start goes on with it.
func TestServeDemo(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo")
	await(t, "the first events", func() bool { return count(p, "events") > 1000 })
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p = start(t, data)
	before := settled(p, "events")
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p = start(t, data, "--demo")
	await(t, "more events", func() bool { return count(p, "events") > before+1000 })
	var list struct{ Items []struct{ ID string } }
	p.must("GET", "/api/v1/sources", "", &list)
	if len(list.Items) != 3 {
		t.Errorf("sources: %+v", list)
	}

	p = start(t, t.TempDir())
	p.must("POST", "/api/v1/sources", `{"id": "mine", "name": "Mine", "types": ["rest"]}`, nil)
	p.must("POST", "/track", `{"source":{"id":"mine"},"events":[{"type":"tick"}]}`, nil)
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p = start(t, p.command.Args[3], "--demo")
	await(t, "word of the demo data", func() bool { return strings.Contains(p.errs.String(), "nothing loaded") })
}
