package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestClients runs clients of other platforms, as their makers publish them, and looks at what arrived.
func TestClients(t *testing.T) {
	if testing.Short() {
		t.Skip("installs packages")
	}
	for _, c := range []struct {
		name, kind string
		command    func(t *testing.T) (dir string, command []string)
	}{
		{"segment-node", "segment", func(t *testing.T) (string, []string) { return node(t), []string{"node", "segment.mjs"} }},
		{"rudder-node", "rudderstack", func(t *testing.T) (string, []string) { return node(t), []string{"node", "rudder.mjs"} }},
		{"segment-python", "segment", func(t *testing.T) (string, []string) {
			return python(t), []string{"venv/bin/python", "visit.py", "segment"}
		}},
		{"rudder-python", "rudderstack", func(t *testing.T) (string, []string) {
			return python(t), []string{"venv/bin/python", "visit.py", "rudder"}
		}},
		{"segment-go", "segment", func(*testing.T) (string, []string) { return "clients/go", []string{"go", "run", "."} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, command := c.command(t)
			p := start(t, t.TempDir())
			var source struct {
				Key string `json:"write_key"`
			}
			p.must("POST", "/api/v1/sources", `{"id":"site","name":"Site","types":["`+c.kind+`"]}`, &source)
			execute(t, dir, append(command, p.url, source.Key)...)
			checkVisit(t, p)
		})
	}
}

// search returns documents that meet a condition.
func (p *program) search(path, query string) []map[string]json.RawMessage {
	p.t.Helper()
	var page struct {
		Items []map[string]json.RawMessage `json:"items"`
	}
	p.must("GET", path+"?limit=100&q="+url.QueryEscape(query), "", &page)
	return page.Items
}

// checkVisit looks at what the programs in clients sent. Some of them lack a call, named by its event type.
func checkVisit(t *testing.T, p *program, lacks ...string) {
	t.Helper()
	await(t, "the last event", func() bool { return len(p.search("/api/v1/events", `type = "order-paid"`)) > 0 })
	var text string
	await(t, "one person, as the last event left them", func() bool { // a server shows each collection in its own time
		profiles := p.search("/api/v1/profiles", "")
		if len(profiles) != 1 {
			return false
		}
		profile, err := json.Marshal(profiles[0])
		text = string(profile)
		return err == nil && strings.Contains(text, `"groups":["acme"]`)
	})
	contains(t, text, `"main":"ann@shop.example"`, `"firstname":"Ann"`, `"plan":"pro"`)
	var group struct{ Traits struct{ Name string } }
	p.must("GET", "/api/v1/entities/group:acme", "", &group)
	if group.Traits.Name != "Acme" {
		t.Errorf("the group is called %q", group.Traits.Name)
	}
	for _, query := range []string{
		`type = "product-seen" AND properties.price = 9.5`,
		`type = "profile-update" AND properties.identifier.id = "ann"`,
		`type = "page-view" AND hit.name = "Shop" AND hit.url = "https://shop.example/"`,
		`type = "screen-view" AND properties.name = "Cart"`,
		`type = "group" AND properties.id = "acme"`,
		`type = "alias" AND properties.previous_id = "old-ann"`,
		`type = "order-paid"`,
	} {
		want := 1
		for _, name := range lacks {
			if strings.Contains(query, name) {
				want = 0
			}
		}
		if n := len(p.search("/api/v1/events", query)); n != want {
			t.Errorf("%d events with %s, want %d", n, query, want)
		}
	}
}

// node returns a folder with the programs and packages of clients/node.
func node(t *testing.T) string {
	t.Helper()
	return installed(t, "clients/node", "package-lock.json", func(dir string) {
		execute(t, dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
}

// python returns a folder with the programs and packages of clients/python.
func python(t *testing.T) string {
	t.Helper()
	return installed(t, "clients/python", "requirements.txt", func(dir string) {
		execute(t, dir, "python3", "-m", "venv", "venv")
		execute(t, dir, "venv/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", "requirements.txt")
	})
}

// installed returns a folder in the user's cache that has the files of a folder here and what install adds to them. It is
// made once for each content of the lock file.
func installed(t *testing.T, from, lock string, install func(dir string)) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(from, lock))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	dir := filepath.Join(cache, "tracardi-e2e", filepath.Base(from)+"-"+hex.EncodeToString(sum[:6]))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.IsDir() {
			continue // packages that somebody installed by hand
		}
		content, err := os.ReadFile(filepath.Join(from, file.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, file.Name()), content, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	done := filepath.Join(dir, ".installed")
	if _, err := os.Stat(done); err == nil {
		return dir
	}
	install(dir)
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// execute runs a program to its end, which has to be a good one, and returns what it wrote.
func execute(t *testing.T, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Dir = dir
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	if err := command.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, &out)
	}
	return out.String()
}
