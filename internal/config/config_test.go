package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/config"
)

type program struct {
	Serve struct {
		config.Settings
	} `cmd:""`
}

// parse reads settings as the command "serve" does.
func parse(t *testing.T, args ...string) (*config.Settings, []config.Value, error) {
	t.Helper()
	var p program
	parser, err := kong.New(&p, config.Options()...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, err := parser.Parse(append([]string{"serve"}, args...))
	if err != nil {
		return nil, nil, err
	}
	return &p.Serve.Settings, config.Values(ctx), nil
}

func settings(t *testing.T, args ...string) *config.Settings {
	t.Helper()
	s, _, err := parse(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tracardi.yaml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func find(t *testing.T, values []config.Value, name string) config.Value {
	t.Helper()
	for _, value := range values {
		if value.Name == name {
			return value
		}
	}
	t.Fatalf("no setting %q", name)
	return config.Value{}
}

func TestDefaultsWork(t *testing.T) {
	s := settings(t)
	if err := s.Check(); err != nil {
		t.Fatalf("the defaults are refused: %v", err)
	}
	if got := s.RecordsDir(); got != filepath.Join("data", "records") {
		t.Errorf("records in %q", got)
	}
	if got := s.ConfigFile(); got != filepath.Join("data", "config.db") {
		t.Errorf("configuration in %q", got)
	}
	if s.MemoryBytes() != 256<<20 {
		t.Errorf("memory is %d bytes", s.MemoryBytes())
	}
}

func TestFlagBeatsEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	name := write(t, "addr: file:1\ndata: /file\nlog-level: warn\n")
	t.Setenv("TRACARDI_CONFIG", name)
	t.Setenv("TRACARDI_ADDR", "environment:2")
	t.Setenv("TRACARDI_DATA", "/environment")
	_, values, err := parse(t, "--addr=flag:3")
	if err != nil {
		t.Fatal(err)
	}
	type row struct{ Text, Origin string }
	got := map[string]row{}
	for _, name := range []string{"addr", "data", "log-level", "log-format", "config"} {
		value := find(t, values, name)
		got[name] = row{value.Text, value.Origin}
	}
	want := map[string]row{
		"addr":       {"flag:3", "flag"},
		"data":       {"/environment", "environment"},
		"log-level":  {"warn", name},
		"log-format": {"text", "default"},
		"config":     {name, "environment"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStrayVariablesAreFound(t *testing.T) {
	t.Setenv("TRACARDI_ADMN_TOKEN", "x")
	t.Setenv("TRACARDI_ADDR", "127.0.0.1:1")
	t.Setenv("TRACARDI_TEST_REDIS_URL", "x")
	var p program
	ctx, err := kong.Must(&p, config.Options()...).Parse([]string{"serve"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"TRACARDI_ADMN_TOKEN (the nearest is TRACARDI_ADMIN_TOKEN)"}
	if diff := cmp.Diff(want, config.Strays(ctx)); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsAreMasked(t *testing.T) {
	t.Setenv("TRACARDI_ADMIN_TOKEN", "sesame-sesame-sesame")
	s, values, err := parse(t, "--admin-password", "open-up-please")
	if err != nil {
		t.Fatal(err)
	}
	if s.AdminToken != "sesame-sesame-sesame" || s.AdminPassword != "open-up-please" {
		t.Fatalf("secrets were not read: %+v", s)
	}
	for _, value := range values {
		if strings.Contains(value.Text, "sesame") || strings.Contains(value.Text, "open-up") {
			t.Errorf("%s shows its secret: %s", value.Name, value.Text)
		}
	}
	if got := find(t, values, "admin-token").Text; got == "" {
		t.Error("a secret that is set looks as if it were not")
	}
	if got := find(t, values, "admin-email").Text; got != "" {
		t.Errorf("an empty setting is shown as %q", got)
	}
}

func TestFileTakesEveryKindOfValue(t *testing.T) {
	s := settings(t, "--config", write(t, `
roles: [api, worker]
trusted-proxies:
  - 10.0.0.0/8
  - 192.0.2.1
system-events: false
refuse-bots: true
memory: 128
max-body-bytes: 2048
shutdown-timeout: 5s
public-url: https://cdp.example.com
geo-database:
`))
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	want := config.Settings{
		File: s.File, Data: "./data", Addr: "127.0.0.1:8686", Roles: config.Roles{"api", "worker"},
		TrustedProxies: config.Networks{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")},
		RefuseBots:     true, Memory: 128, MaxBodyBytes: 2048, KeepLogs: 90, KeepRuns: 90, ShutdownTimeout: 5e9, PublicURL: "https://cdp.example.com",
		LogFormat: "text",
	}
	if diff := cmp.Diff(want, *s, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestEmptyFile(t *testing.T) {
	if s := settings(t, "--config", write(t, "# nothing yet\n")); s.Data != "./data" {
		t.Errorf("data is %q", s.Data)
	}
}

func TestNegatedFlag(t *testing.T) {
	if settings(t, "--no-system-events").SystemEvents {
		t.Error("--no-system-events had no effect")
	}
	if !settings(t).SystemEvents {
		t.Error("system events are off by default")
	}
}

func TestRefusedInput(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		file string
		want []string
	}{
		{name: "unknown key", file: "adr: x:1\n", want: []string{"line 1", "adr", `"addr"`}},
		{name: "several problems at once", file: "memry: 1\naddr: x:1\nlog-levl: info\n", want: []string{"memry", "log-levl", "line 3"}},
		{name: "key twice", file: "addr: x:1\naddr: y:1\n", want: []string{"addr", "twice"}},
		{name: "file names a file", file: "config: other.yaml\n", want: []string{"config", "another"}},
		{name: "nested", file: "addr: {host: x}\n", want: []string{"addr", "plain value"}},
		{name: "nested list", file: "roles: [[api]]\n", want: []string{"roles", "plain values"}},
		{name: "not a mapping", file: "- addr\n", want: []string{"one setting a line"}},
		{name: "not YAML", file: "addr: [\n", want: []string{"tracardi.yaml", "line"}},
		{name: "no file", args: []string{"--config", "/nowhere/tracardi.yaml"}, want: []string{"/nowhere/tracardi.yaml"}},
		{name: "unknown flag", args: []string{"--dta", "x"}, want: []string{"--dta", "--data"}},
		{name: "unknown role", args: []string{"--roles", "api,bridges"}, want: []string{"roles", "bridges", "worker"}},
		{name: "no role", args: []string{"--roles", ""}, want: []string{"roles", "at least one"}},
		{name: "bad proxy", args: []string{"--trusted-proxies", "10.0.0.0/99"}, want: []string{"trusted-proxies", "10.0.0.0/99"}},
		{name: "bad number", file: "memory: lots\n", want: []string{"memory", "lots"}},
		{name: "bad duration", args: []string{"--shutdown-timeout", "soon"}, want: []string{"shutdown-timeout", "soon"}},
		{name: "bad level", args: []string{"--log-level", "loud"}, want: []string{"log-level", "loud"}},
		{name: "bad format", args: []string{"--log-format", "xml"}, want: []string{"log-format", "json"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := test.args
			if test.file != "" {
				args = append(args, "--config", write(t, test.file))
			}
			_, _, err := parse(t, args...)
			if err == nil {
				t.Fatal("was accepted")
			}
			mentions(t, err, test.want)
		})
	}
}

func TestCheckExplains(t *testing.T) {
	for _, test := range []struct {
		args string
		want []string
	}{
		{"--data=", []string{"data:", "./data"}},
		{"--addr=8686", []string{"addr:", "127.0.0.1:8686"}},
		{"--addr=127.0.0.1:http", []string{"addr:", "65535"}},
		{"--addr=127.0.0.1:70000", []string{"addr:", "65535"}},
		{"--roles=api", []string{"roles:", "embedded", "without worker", "records-url, config-url, queue-url"}},
		{"--roles=worker,gui", []string{"roles:", "without api"}},
		{"--roles=bridge", []string{"roles:", "without api and worker", "name servers in config-url, queue-url"}},
		{"--roles=bridge,api --config-url=mysql://u@localhost/cdp", []string{"roles:", "without worker", "name servers in records-url, queue-url"}},
		{"--roles=api --queue-url=pulsar://localhost", []string{"roles:", "records-url, config-url"}},
		{"--records-url=elasticsearch:localhost:9200", []string{"records-url:", "names no server", "elasticsearch://HOST"}},
		{"--roles=api --records-url=opensearch://localhost --config-url=mysql://u@localhost/cdp", []string{"roles:", "queue-url"}},
		{"--config-url=postgres://root@localhost", []string{"config-url:", "unknown scheme", "sqlite:, mysql:, mariadb:"}},
		{"--cache-url=redis:localhost", []string{"cache-url:", "names no server", "redis://HOST"}},
		{"--queue-url=kafka://localhost", []string{"queue-url:", "unknown scheme", "pulsar"}},
		{"--secret=correct-horse", []string{"secret:", "64", "openssl"}},
		{"--secret-file=a --secret=" + strings.Repeat("ab", 32), []string{"secret:", "one of them"}},
		{"--config-url=mysql://u@localhost/cdp", []string{"secret:", "TRACARDI_SECRET", "secret-file"}},
		{"--records-url=mongodb://localhost", []string{"records-url:", "unknown scheme", "mongodb"}},
		{"--records-url=/var/lib/tracardi", []string{"records-url:", "must be a URL"}},
		{"--cache-url=memory:big", []string{"cache-url:", "nothing behind"}},
		{"--queue-url=pebble:/other", []string{"queue-url:", "nothing behind"}},
		{"--admin-email=ann@example.com", []string{"admin-email:", "admin-password"}},
		{"--admin-password=correct-horse", []string{"admin-password:", "admin-email"}},
		{"--admin-token=short", []string{"admin-token:", "16", "openssl"}},
		{"--max-body-bytes=10", []string{"max-body-bytes:", "1024"}},
		{"--memory=1", []string{"memory:", "64"}},
		{"--keep-runs=-1", []string{"keep-runs:", "for ever"}},
		{"--shutdown-timeout=1ms", []string{"shutdown-timeout:", "1s"}},
		{"--shutdown-delay=-1s", []string{"shutdown-delay:", "0s"}},
		{"--public-url=cdp.example.com", []string{"public-url:", "https://"}},
		{"--public-url=https://example.com/cdp", []string{"public-url:", "path"}},
		{"--api-url=http://api:8686", []string{"api-url:", "role gui alone"}},
		{"--roles=gui --api-url=api:8686", []string{"api-url:", "web address"}},
		{"--roles=gui --api-url=http://api/x", []string{"api-url:", "path"}},
		{"--geo-database=/nowhere.mmdb", []string{"geo-database:", "/nowhere.mmdb"}},
		{"--memory=1 --addr=x", []string{"memory:", "addr:"}},
	} {
		t.Run(test.args, func(t *testing.T) {
			err := settings(t, strings.Fields(test.args)...).Check()
			if err == nil {
				t.Fatal("was accepted")
			}
			mentions(t, err, test.want)
			if strings.Contains(err.Error(), "short") || strings.Contains(err.Error(), "correct-horse") {
				t.Errorf("shows a secret: %v", err)
			}
		})
	}
}

func TestSharedStoresAreAccepted(t *testing.T) {
	secret := "--secret=" + strings.Repeat("ab", 32)
	for _, args := range []string{
		"--roles=gui",
		"--roles=gui --api-url=http://api:8686",
		"--config-url=mysql://u:p@db/cdp --cache-url=rediss://cache --queue-url=pulsar+ssl://a,b/public/default " + secret,
		"--config-url=mariadb://u:p@db/cdp --secret-file=/run/secrets/tracardi",
		"--roles=gui --config-url=mysql://u:p@db/cdp",
		"--records-url=elasticsearchs://u:p@a,b:9200/?prefix=shop",
		"--roles=bridge --config-url=mysql://u:p@db/cdp --queue-url=pulsar://a " + secret,
		"--roles=api --records-url=opensearch://a --config-url=mysql://u:p@db/cdp --queue-url=pulsar://a " + secret,
	} {
		if err := settings(t, strings.Fields(args)...).Check(); err != nil {
			t.Errorf("%s: %v", args, err)
		}
	}
}

func TestStoresElsewhere(t *testing.T) {
	f := func(url, want string) {
		t.Helper()
		s := settings(t, "--records-url=pebble:"+url, "--config-url=sqlite:"+url)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		if s.RecordsDir() != want || s.ConfigFile() != want {
			t.Errorf("records in %q, configuration in %q, want %q", s.RecordsDir(), s.ConfigFile(), want)
		}
	}
	f("///var/lib/x", "/var/lib/x")
	f("/var/lib/x", "/var/lib/x")
	f("there/x", "there/x")
	f("//there/x", "there/x")
}

func TestProxiesContain(t *testing.T) {
	proxies := settings(t, "--trusted-proxies=10.0.0.0/8,2001:db8::1").TrustedProxies
	for addr, want := range map[string]bool{
		"10.1.2.3": true, "::ffff:10.1.2.3": true, "11.0.0.1": false, "2001:db8::1": true, "2001:db8::2": false,
	} {
		if got := proxies.Contain(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: got %v", addr, got)
		}
	}
}

func mentions(t *testing.T, err error, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not mention %q", err, part)
		}
	}
}
