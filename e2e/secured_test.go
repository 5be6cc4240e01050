package e2e

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/e2e/place"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

// secured is a whole set of servers that speak TLS alone and ask who comes. They are these tests' own, and start once.
type secured struct {
	t         *testing.T
	variables map[string]string // as the scripts name the servers
	name      string            // of a database, and the prefix of everything else
	urls      map[string]string // of the settings, by their variables
	client    *http.Client      // trusts the search server
	folder    string            // in which scripts run
}

var (
	ownServers   *place.Set // nil until they are needed
	startSecured = sync.OnceValues(func() (map[string]string, error) {
		folder, err := os.MkdirTemp("", "tracardi-e2e-servers-")
		if err != nil {
			return nil, err
		}
		ownServers = place.NewSet(filepath.Join("..", "test", "services"), folder)
		return ownServers.Start("elasticsearchtls", "mariadbtls", "redistls", "pulsartls")
	})
)

// stopOwnServers is for the end of all tests.
func stopOwnServers() {
	if ownServers == nil {
		return
	}
	if err := errors.Join(ownServers.Stop(), os.RemoveAll(ownServers.Folder)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
}

// newSecured makes a place for one installation. Its key of the search server has the rights that the page for operators lists.
func newSecured(t *testing.T, name string) *secured {
	t.Helper()
	embedded(t)
	if testing.Short() {
		t.Skip("starts servers of its own, which takes a while")
	}
	storagetest.Server(t, "TRACARDI_TEST_PULSAR_URL") // a machine that can run those can run these
	begun := time.Now()
	variables, err := startSecured()
	t.Logf("the servers are there after %s", time.Since(begun).Round(time.Second))
	if err != nil {
		t.Fatal(err)
	}
	s := &secured{t: t, variables: variables, name: name, folder: t.TempDir()}
	authority, err := os.ReadFile(s.of("ELASTICSEARCH_TLS_CA"))
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(authority)
	s.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	t.Cleanup(s.client.CloseIdleConnections)
	s.makeUsers()
	s.urls = map[string]string{
		"TRACARDI_RECORDS_URL": "elasticsearchs://" + s.search().Host + "?prefix=" + name + "&ca=" + s.of("ELASTICSEARCH_TLS_CA") + "&api-key=" + url.QueryEscape(s.makeKey()),
		"TRACARDI_CONFIG_URL":  strings.Replace(s.of("MYSQL_TLS_URL"), "tracardi:tracardi", name+":tracardi", 1) + name + "?ca=" + s.of("MYSQL_TLS_CA"),
		"TRACARDI_CACHE_URL":   strings.Replace(s.of("REDIS_TLS_URL"), "://:", "://"+name+":", 1) + "?prefix=" + name + "&ca=" + s.of("REDIS_TLS_CA"),
		"TRACARDI_QUEUE_URL": s.of("PULSAR_TLS_URL") + "/public/default?prefix=" + name + "&ca=" + s.of("PULSAR_TLS_CA") +
			"&token-file=" + s.of("PULSAR_TLS_TOKEN") + "&admin=" + s.of("PULSAR_TLS_ADMIN_URL"),
		"TRACARDI_SECRET": strings.Repeat("5e", 32),
	}
	return s
}

// of is the value of a variable of the scripts.
func (s *secured) of(name string) string {
	s.t.Helper()
	value := s.variables["TRACARDI_TEST_"+name]
	if value == "" {
		s.t.Fatalf("the scripts say nothing about %s", name)
	}
	return value
}

func (s *secured) search() *url.URL {
	s.t.Helper()
	u, err := url.Parse(s.of("ELASTICSEARCH_TLS_URL"))
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// ask sends a request to the search server, as the one who may do everything.
func (s *secured) ask(method, path, body string, into any) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.of("ELASTICSEARCH_TLS_URL")+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := s.client.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil || response.StatusCode >= 300 {
		s.t.Fatalf("%s %s: %d %v %s", method, path, response.StatusCode, err, text)
	}
}

// makeKey makes a key with the rights that the page lists.
func (s *secured) makeKey() string {
	s.t.Helper()
	rights := regexp.MustCompile(`(?s)/_security/api_key" -d '(.*?)'`).FindStringSubmatch(page(s.t, "operations.md"))
	if rights == nil {
		s.t.Fatal("docs/operations.md does not tell how to make a key")
	}
	var key struct{ Encoded string }
	s.ask("POST", "/_security/api_key", strings.ReplaceAll(rights[1], "tracardi-*", s.name+"-*"), &key)
	return key.Encoded
}

// makeUsers makes a database and users with the rights that the page lists.
func (s *secured) makeUsers() {
	s.t.Helper()
	text := page(s.t, "operations.md")
	grant, rights := regexp.MustCompile("`(GRANT ALL .*?)`").FindStringSubmatch(text), regexp.MustCompile("`(ACL SETUSER .*?)`").FindStringSubmatch(text)
	if grant == nil || rights == nil {
		s.t.Fatal("docs/operations.md does not tell which rights users need")
	}
	s.statement("CREATE DATABASE " + s.name + "; CREATE USER " + s.name + " IDENTIFIED BY 'tracardi'; " + strings.ReplaceAll(grant[1], "tracardi", s.name))
	u, err := url.Parse(s.of("REDIS_TLS_URL"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.script("redis-cli --tls --cacert $CA -p "+u.Port()+" "+strings.NewReplacer("tracardi", s.name, ">PASSWORD", "'>tracardi'", "~", "'~", ":*", ":*'").Replace(rights[1]),
		"CA="+s.of("REDIS_TLS_CA"), "REDISCLI_AUTH=tracardi")
}

// statement has the database server do something.
func (s *secured) statement(text string) {
	s.t.Helper()
	u, err := url.Parse(s.of("MYSQL_TLS_URL"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.script("mariadb --no-defaults -h 127.0.0.1 -P "+u.Port()+" -u tracardi --ssl-ca=$CA -e \"$STATEMENT\"", "MYSQL_PWD=tracardi", "CA="+s.of("MYSQL_TLS_CA"), "STATEMENT="+text)
}

// run runs one of the scripts for servers.
func (s *secured) run(script, server string) {
	s.t.Helper()
	if _, err := ownServers.Run(script, server); err != nil {
		s.t.Fatal(err)
	}
}

// script runs a script of the shell to its end.
func (s *secured) script(text string, variables ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "bash", "-euo", "pipefail", "-c", text)
	command.Env, command.Dir = environ(variables...), s.folder
	out, err := command.CombinedOutput()
	if err != nil {
		s.t.Fatalf("%v\n%s\n%s", err, text, out)
	}
	return string(out)
}

// page is a page of the documentation.
func page(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// environment are the variables of a program, some of them with other values.
func (s *secured) environment(others map[string]string) []string {
	all := maps.Clone(s.urls)
	maps.Copy(all, others)
	variables := []string{"TRACARDI_ADMIN_TOKEN=" + token}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if all[name] != "" {
			variables = append(variables, name+"="+all[name])
		}
	}
	return variables
}

// start starts the program on these servers.
func (s *secured) start(others map[string]string, args ...string) *program {
	s.t.Helper()
	p := launchWith(s.t, s.environment(others), s.t.TempDir(), args...)
	p.awaitReady()
	return p
}

// TestSecuredServers runs the program with everything on servers that speak TLS alone and ask who comes: events go in, at once and for
// later, and are found again, also when the search server started anew meanwhile, when the first host that the address names is dead,
// and with a login in place of the key.
func TestSecuredServers(t *testing.T) {
	s := newSecured(t, "secured")
	p := s.start(nil)
	p.must("POST", "/api/v1/sources", `{"id":"site","name":"Site","types":["rest"]}`, nil)
	buy(t, p, 0)
	await(t, "the events to be there", func() bool { return p.count("events", `type = "checkout-started"`) == 20 })
	arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.command.Process.Pid))
	if err == nil && bytes.Contains(arguments, []byte("://")) {
		t.Errorf("addresses are in the list of processes: %q", arguments)
	}
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	login, _, _ := strings.Cut(s.urls["TRACARDI_RECORDS_URL"], "&api-key=")
	login = strings.Replace(login, "://", "://tracardi:tracardi@127.0.0.1:1,", 1) // nobody listens there
	p = s.start(map[string]string{"TRACARDI_RECORDS_URL": login}, "--roles=api,worker")
	s.run("kill", "elasticsearchtls")
	if status, text := p.ask("POST", "/track", `{"source":{"id":"site"},"events":[{"type":"lost"}]}`); status != http.StatusServiceUnavailable {
		t.Errorf("without the search server: %d %s", status, text)
	}
	s.run("start", "elasticsearchtls")
	buy(t, p, 1)
	await(t, "more events to be there", func() bool { return p.count("events", `type = "checkout-started"`) == 40 })
	await(t, "all purchases of five people", func() bool { return p.count("profiles", `data.metrics.ltcosc = 8`) == 5 })
	if code := p.signal(syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if _, out, _ := run(t, environ(s.environment(nil)...), "config"); strings.Contains(out, "api-key") || strings.Contains(out, "tracardi:") {
		t.Errorf("the command config tells secrets:\n%s", out)
	}
}
