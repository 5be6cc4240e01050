package e2e

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReadme runs the shell blocks of README.md, in order and in one shell, against a fresh server.
func TestReadme(t *testing.T) {
	embedded(t) // its searches come right after its events
	page, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, t.TempDir())
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	for _, block := range blocks {
		script.WriteString(strings.ReplaceAll(block[1], "http://127.0.0.1:8686", p.url))
	}
	if len(blocks) < 2 || !strings.Contains(script.String(), p.url) {
		t.Fatalf("found no commands to run in %d blocks", len(blocks))
	}
	text := strings.ReplaceAll(script.String(), "curl -s", `curl -s -w '\n'`) // each answer ends its line
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-c", text)
	command.Env = environ("TRACARDI_ADMIN_TOKEN=" + token)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answers := strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	if len(answers) != 5 {
		t.Fatalf("got %d answers, want 5:\n%s", len(answers), out)
	}
	decode := func(i int, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(answers[i]), into); err != nil {
			t.Fatalf("answer %d: %v in %s", i+1, err, answers[i])
		}
	}
	type ref struct{ ID string }
	type list struct {
		Items []struct {
			ID      string
			Type    string
			Profile ref
		}
	}
	var source, session struct {
		ID      string
		Profile ref
	}
	var tracked struct{ Profile, Session ref }
	var events, profiles list
	decode(0, &source)
	decode(1, &tracked)
	decode(2, &events)
	decode(3, &session)
	decode(4, &profiles)
	if source.ID != "my-site" || tracked.Profile.ID == "" || tracked.Session.ID != "first-visit" {
		t.Errorf("source %+v, answer %+v", source, tracked)
	}
	if len(events.Items) != 1 || events.Items[0].Type != "purchase" || events.Items[0].Profile.ID != tracked.Profile.ID {
		t.Errorf("events %+v", events)
	}
	if session.ID != "first-visit" || session.Profile.ID != tracked.Profile.ID {
		t.Errorf("session %+v", session)
	}
	if len(profiles.Items) != 1 || profiles.Items[0].ID != tracked.Profile.ID {
		t.Errorf("profiles %+v", profiles)
	}
}
