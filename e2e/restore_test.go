package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBackupOfACluster follows the page for those who run a cluster, command by command: what was backed up is there again after all
// servers lost everything, the queue included, known visitors are known, and a run that waited goes on, once.
func TestBackupOfACluster(t *testing.T) {
	s := newSecured(t, "tracardi") // the name that the page has
	s.loginFiles()
	p := s.start(nil)
	p.must("POST", "/api/v1/sources", `{"id":"site","name":"Site","types":["rest"]}`, nil)
	p.must("POST", "/api/v1/flows", `{"id":"later","name":"Later","draft":{
		"nodes":[{"id":"s","type":"control.start"},{"id":"n","type":"control.wait","config":{"wait":30,"event_type":{"id":"woken","name":"Woken"}}}],
		"edges":[{"id":"1","from":"s","port":"payload","to":"n"}]}}`, nil)
	p.must("POST", "/api/v1/flows/later/publish", `{"note":"ready"}`, nil)
	p.must("POST", "/api/v1/triggers", `{"name":"later","flow":"later","event_type":"basket-updated"}`, nil)
	s.command("once")
	buy(t, p, 0)
	visitor := visit(p, "s1", "basket-updated")
	waits := time.Now().Add(30 * time.Second)
	await(t, "everything to be there", func() bool {
		return p.count("events", `type IN ["checkout-started", "basket-updated"]`) == 21 && p.waitingRuns() == 1
	})
	wanted := map[string]int{}
	for _, collection := range []string{"events", "profiles", "sessions"} {
		wanted[collection] = p.count(collection, "")
	}
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	s.command("backup")
	s.loseEverything()
	s.command("restore")
	pass(t, time.Until(waits))
	p = s.start(map[string]string{"TRACARDI_QUEUE_URL": strings.Replace(s.urls["TRACARDI_QUEUE_URL"], "prefix=tracardi", "prefix=empty", 1)})
	for collection, want := range wanted {
		if got := p.count(collection, ""); got != want {
			t.Errorf("%d %s, want %d", got, collection, want)
		}
	}
	for _, path := range []string{"/api/v1/sources/site", "/api/v1/flows/later"} {
		p.must("GET", path, "", nil)
	}
	if again := visit(p, "s1", "page-view"); again != visitor {
		t.Errorf("a known visitor has the profile %s, want %s", again, visitor)
	}
	await(t, "the run to go on", func() bool { return p.count("events", `type = "woken"`) > 0 })
	await(t, "the run to be over", func() bool { return p.waitingRuns() == 0 })
	if woken, people := p.count("events", `type = "woken"`), p.count("profiles", ""); woken != 1 || people != 5 {
		t.Errorf("the run went on %d times, and there are %d people", woken, people)
	}
	p.signal(syscall.SIGTERM)
	other := launchWith(t, s.environment(map[string]string{"TRACARDI_SECRET": strings.Repeat("5f", 32)}), t.TempDir())
	if code := other.wait(); code <= 0 || !strings.Contains(other.errs.String(), "the secret is not the one") {
		t.Errorf("with another secret: exit code %d", code)
	}
}

// waitingRuns is how many runs of flows wait.
func (p *program) waitingRuns() int {
	p.t.Helper()
	var runs struct{ Items []struct{} }
	p.must("GET", "/api/v1/runs?status=waiting", "", &runs)
	return len(runs.Items)
}

// visit sends an event and returns the visitor's profile.
func visit(p *program, session, event string) string {
	p.t.Helper()
	var answer struct{ Profile struct{ ID string } }
	p.must("POST", "/track", fmt.Sprintf(`{"source":{"id":"site"},"session":{"id":%q},"events":[{"type":%q}]}`, session, event), &answer)
	return answer.Profile.ID
}

// loginFiles puts into the folder of scripts what those who follow the page have.
func (s *secured) loginFiles() {
	s.t.Helper()
	authority, err := os.ReadFile(s.of("ELASTICSEARCH_TLS_CA"))
	if err != nil {
		s.t.Fatal(err)
	}
	_, port, _ := strings.Cut(strings.TrimSuffix(s.of("MYSQL_TLS_URL"), "/"), "127.0.0.1:")
	login := "[client]\nhost = 127.0.0.1\nport = " + port + "\nuser = tracardi\npassword = tracardi\nssl-ca = " + s.of("MYSQL_TLS_CA") + "\n"
	for name, text := range map[string]string{"ca.pem": string(authority), "login.cnf": login, "search.netrc": "machine 127.0.0.1 login tracardi password tracardi\n"} {
		if err := os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
}

// command runs a block of commands of the page for operators.
func (s *secured) command(block string) {
	s.t.Helper()
	text := regexp.MustCompile("(?s)```sh " + block + "\n(.*?)```").FindStringSubmatch(page(s.t, "operations.md"))
	if text == nil {
		s.t.Fatalf("docs/operations.md has no block %q", block)
	}
	s.script(text[1], "SEARCH=https://"+s.search().Host)
}

// loseEverything takes away what the program keeps on the servers.
func (s *secured) loseEverything() {
	s.t.Helper()
	var indices map[string]struct{}
	s.ask(http.MethodGet, "/"+s.name+"-*/_alias", "", &indices)
	for name := range indices {
		s.ask(http.MethodDelete, "/"+name, "", nil)
	}
	s.ask(http.MethodDelete, "/_index_template/"+s.name+"-*", "", nil)
	s.statement("DROP DATABASE " + s.name)
	_, port, _ := strings.Cut(s.of("REDIS_TLS_URL"), "127.0.0.1:")
	s.script("redis-cli --tls --cacert $CA -p ${PORT%/0} FLUSHALL", "CA="+s.of("REDIS_TLS_CA"), "PORT="+port, "REDISCLI_AUTH=tracardi")
}
