package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSecuredServersRefuse starts the program with addresses in which one thing is wrong: it ends soon, says what is wrong and what
// to do, and tells no secret.
func TestSecuredServersRefuse(t *testing.T) {
	s := newSecured(t, "refused")
	stranger := s.of("REDIS_TLS_CA") // of another server
	records, settings, cache, queue := "TRACARDI_RECORDS_URL", "TRACARDI_CONFIG_URL", "TRACARDI_CACHE_URL", "TRACARDI_QUEUE_URL"
	begin, key, _ := strings.Cut(s.urls[records], "&api-key=")
	weak := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(weak, []byte("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0cmFjYXJkaSJ9.open-sesame"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, variable, old, text string
		want                      []string
	}{
		{"a wrong key", records, key, "b3Blbi1zZXNhbWU6b3Blbi1zZXNhbWU%3D", []string{"refuses the login", "check USER:PASSWORD or api-key"}},
		{"no key", records, "&api-key=" + key, "", []string{"refuses the login", "check USER:PASSWORD or api-key"}},
		{"a wrong password", records, s.urls[records], strings.Replace(begin, "://", "://tracardi:open-sesame@", 1), []string{"refuses the login"}},
		{"a key for other indices", records, "prefix=refused", "prefix=others", []string{"lacks rights", "docs/storage/elastic.md"}},
		{"no authority of the search server", records, "&ca=" + s.of("ELASTICSEARCH_TLS_CA"), "", []string{"certificate", "?ca=FILE"}},
		{"another authority of the search server", records, s.of("ELASTICSEARCH_TLS_CA"), stranger, []string{"certificate", "?ca=FILE"}},
		{"a search server without TLS", records, "elasticsearchs:", "elasticsearch:", []string{"speaks TLS", "elasticsearchs://"}},
		{"a wrong password of the database", settings, ":tracardi@", ":open-sesame@", []string{"refuses the user", "password"}},
		{"no authority of the database", settings, "ca=" + s.of("MYSQL_TLS_CA"), "tls=true", []string{"certificate", "ca=FILE"}},
		{"another authority of the database", settings, s.of("MYSQL_TLS_CA"), stranger, []string{"certificate", "ca=FILE"}},
		{"a database without TLS", settings, "?ca=" + s.of("MYSQL_TLS_CA"), "", []string{"TLS alone", "?tls=true"}},
		{"a wrong password of the cache", cache, ":tracardi@", ":open-sesame@", []string{"refuses the user, the password"}},
		{"no password of the cache", cache, "refused:tracardi@", "", []string{"refuses the user, the password"}},
		{"no authority of the cache", cache, "&ca=" + s.of("REDIS_TLS_CA"), "", []string{"certificate", "?ca=FILE"}},
		{"a cache without TLS", cache, s.urls[cache], "redis" + strings.Split(strings.TrimPrefix(s.urls[cache], "rediss"), "&ca=")[0], []string{"speaks TLS", "rediss://"}},
		{"a wrong token", queue, s.of("PULSAR_TLS_TOKEN"), weak, []string{"refuses the token"}},
		{"no token", queue, "&token-file=" + s.of("PULSAR_TLS_TOKEN"), "", []string{"refuses the token"}},
		{"no authority of the brokers", queue, "&ca=" + s.of("PULSAR_TLS_CA"), "", []string{"certificate", "?ca=FILE"}},
		{"brokers without TLS", queue, "pulsar+ssl:", "pulsar:", []string{"speaks TLS", "pulsar+ssl://"}},
		{"a namespace of others", queue, "public/default", "pulsar/system", []string{"refuses the token"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			value := strings.ReplaceAll(s.urls[test.variable], test.old, test.text)
			if value == s.urls[test.variable] {
				t.Fatal("nothing is wrong with the address")
			}
			begun := time.Now()
			env := append(environ(s.environment(map[string]string{test.variable: value})...), "TRACARDI_DATA="+t.TempDir(), "TRACARDI_ADDR=127.0.0.1:0")
			code, out, errs := run(t, env, "serve")
			if code <= 0 {
				t.Errorf("exit code %d\n%s%s", code, out, errs)
			}
			t.Logf("after %s: %s", time.Since(begun).Round(10*time.Millisecond), errs)
			contains(t, errs, test.want...)
			for _, secret := range []string{"open-sesame", "b3Blbi1z", key, ":tracardi@"} {
				if strings.Contains(errs, secret) {
					t.Errorf("the error tells the secret %s", secret)
				}
			}
			for line := range strings.Lines(errs) { // a busy server may be waited for, not one that said what is wrong
				if strings.Contains(line, "waiting for a server") && strings.Contains(line, test.want[0]) {
					t.Errorf("it waits for what does not pass by itself: %s", line)
				}
			}
		})
	}
}
