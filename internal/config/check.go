package config

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Check explains every setting and combination of settings that cannot work, and what to do instead. Nil: all is well.
func (s *Settings) Check() error {
	return errors.Join(
		s.checkData(),
		s.checkAddr(),
		checkURL("public-url", s.PublicURL),
		s.checkAPIURL(),
		s.checkStores(),
		s.checkRoles(),
		s.checkSecret(),
		s.checkAdmin(),
		s.checkLimits(),
		s.checkGeo(),
	)
}

func problem(setting, format string, args ...any) error {
	return fmt.Errorf("%s: %s", setting, fmt.Sprintf(format, args...))
}

func (s *Settings) checkData() error {
	if s.Data == "" {
		return problem("data", "must name a folder, such as ./data")
	}
	return nil
}

func (s *Settings) checkAddr() error {
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return problem("addr", "%q is no HOST:PORT, such as 127.0.0.1:8686", s.Addr)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return problem("addr", "port %q is not a number from 0 to 65535", port)
	}
	return nil
}

func checkURL(setting, value string) error {
	if value == "" {
		return nil
	}
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return problem(setting, "%q is no web address, such as https://cdp.example.com", value)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return problem(setting, "must end after the host and port; serving below a path is not supported")
	}
	return nil
}

func (s *Settings) checkAPIURL() error {
	if s.APIURL != "" && s.HasStores() {
		return problem("api-url", "is for processes with the role gui alone: leave it empty, or set roles to gui")
	}
	return checkURL("api-url", s.APIURL)
}

// engine says which stores a setting may name: by their schemes, the embedded one and those that processes share.
type engine struct {
	setting  string
	value    func(*Settings) string
	embedded string
	takesDir bool
	shared   string
}

var engines = []engine{
	{"records-url", func(s *Settings) string { return s.RecordsURL }, "pebble", true, "elasticsearch elasticsearchs opensearch opensearchs"},
	{"config-url", func(s *Settings) string { return s.ConfigURL }, "sqlite", true, "mysql mariadb"},
	{"cache-url", func(s *Settings) string { return s.CacheURL }, "memory", false, "redis rediss"},
	{"queue-url", func(s *Settings) string { return s.QueueURL }, "pebble", false, "pulsar pulsar+ssl"},
}

func (s *Settings) checkStores() error {
	var problems []error
	for _, e := range engines {
		problems = append(problems, e.check(e.value(s)))
	}
	return errors.Join(problems...)
}

func (e *engine) check(value string) error {
	if value == "" {
		return nil
	}
	scheme, behind, found := strings.Cut(value, ":")
	known := strings.Join(append([]string{e.embedded}, strings.Fields(e.shared)...), ":, ") + ":"
	switch {
	case !found:
		return problem(e.setting, "must be a URL that begins with one of %s; leave it empty for embedded storage", known)
	case scheme == e.embedded && !e.takesDir && rest(value) != "":
		return problem(e.setting, "write %s: and nothing behind it", e.embedded)
	case scheme == e.embedded:
		return nil
	case !slices.Contains(strings.Fields(e.shared), scheme):
		return problem(e.setting, "unknown scheme %q; this version knows %s", scheme, known)
	case !strings.HasPrefix(behind, "//"):
		return problem(e.setting, "names no server: write %s://HOST", scheme)
	}
	return nil
}

// Scheme returns the scheme of a store's URL; empty for the embedded store that an empty URL stands for.
func Scheme(value string) string {
	scheme, _, _ := strings.Cut(value, ":")
	return scheme
}

// Shared tells whether a store's URL names a server, so that other processes can have the same store.
func Shared(value string) bool {
	return value != "" && !slices.ContainsFunc(engines, func(e engine) bool { return e.embedded == Scheme(value) })
}

// SharedRecords tells whether other processes can have the same records.
func (s *Settings) SharedRecords() bool { return Shared(s.RecordsURL) }

// SharedConfig tells whether other processes can have the same configuration.
func (s *Settings) SharedConfig() bool { return Shared(s.ConfigURL) }

// HasStores tells whether the process needs stores: the web application alone does not.
func (s *Settings) HasStores() bool {
	return s.Roles.Has(RoleAPI) || s.Roles.Has(RoleWorker) || s.Roles.Has(RoleBridge)
}

// rest is what follows the scheme of an embedded store's URL: pebble:DIR, pebble:/DIR and pebble:///DIR all name a path.
func rest(value string) string {
	_, path, _ := strings.Cut(value, ":")
	return strings.TrimPrefix(path, "//")
}

// checkRoles refuses to part the roles where one process owns a store and no other can see it.
func (s *Settings) checkRoles() error {
	if !s.HasStores() || s.Roles.Has(RoleAPI) && s.Roles.Has(RoleWorker) {
		return nil
	}
	var owned []string
	if !s.SharedRecords() && (s.Roles.Has(RoleAPI) || s.Roles.Has(RoleWorker)) { // a bridge alone needs no records
		owned = append(owned, "records-url")
	}
	if !s.SharedConfig() {
		owned = append(owned, "config-url")
	}
	if !Shared(s.QueueURL) {
		owned = append(owned, "queue-url")
	}
	if len(owned) == 0 {
		return nil
	}
	return problem("roles", "%s without %s cannot work on embedded storage: one process owns it and no other can see it; "+
		"name both api and worker, or name servers in %s", s.Roles, missing(s.Roles), strings.Join(owned, ", "))
}

func missing(r Roles) string {
	var names []string
	for _, name := range []string{RoleAPI, RoleWorker} {
		if !r.Has(name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " and ")
}

// SecretDigits is the length of the installation's secret, in hexadecimal digits.
const SecretDigits = 64

func (s *Settings) checkSecret() error {
	digits, err := hex.DecodeString(s.Secret)
	switch {
	case s.Secret != "" && s.SecretFile != "":
		return problem("secret", "is given, and secret-file too: give one of them")
	case s.Secret != "" && (err != nil || 2*len(digits) != SecretDigits):
		return problem("secret", "is not %d hexadecimal digits; `openssl rand -hex %d` makes a good one", SecretDigits, SecretDigits/2)
	case s.HasStores() && s.SharedConfig() && s.Secret == "" && s.SecretFile == "":
		return problem("secret", "is missing: all processes that share the configuration need the same one; make it once with "+
			"`openssl rand -hex %d` and give it to each of them, as TRACARDI_SECRET or in a file that secret-file names", SecretDigits/2)
	}
	return nil
}

// minToken is the least length of admin-token: below it a token can be guessed.
const minToken = 16

func (s *Settings) checkAdmin() error {
	switch {
	case s.AdminEmail != "" && s.AdminPassword == "":
		return problem("admin-email", "needs admin-password beside it")
	case s.AdminEmail == "" && s.AdminPassword != "":
		return problem("admin-password", "needs admin-email beside it")
	case s.AdminToken != "" && len(s.AdminToken) < minToken:
		return problem("admin-token", "has %d characters, fewer than %d; `openssl rand -hex 32` makes a good one", len(s.AdminToken), minToken)
	}
	return nil
}

func (s *Settings) checkLimits() error {
	var problems []error
	if s.MaxBodyBytes < 1<<10 || s.MaxBodyBytes > 1<<30 {
		problems = append(problems, problem("max-body-bytes", "%d is not between 1024 (1 kB) and 1073741824 (1 GB)", s.MaxBodyBytes))
	}
	for _, keep := range []struct {
		name string
		days int
	}{{"keep-events", s.KeepEvents}, {"keep-logs", s.KeepLogs}, {"keep-runs", s.KeepRuns}} {
		if keep.days < 0 || keep.days > 100_000 {
			problems = append(problems, problem(keep.name, "%d is not between 0 (for ever) and 100000 days", keep.days))
		}
	}
	if s.Memory < 64 || s.Memory > 1<<20 {
		problems = append(problems, problem("memory", "%d MB is not between 64 MB and 1048576 MB", s.Memory))
	}
	if s.ShutdownDelay < 0 || s.ShutdownDelay > 10*time.Minute {
		problems = append(problems, problem("shutdown-delay", "%s is not between 0s and 10m", s.ShutdownDelay))
	}
	if s.ShutdownTimeout < time.Second || s.ShutdownTimeout > time.Hour {
		problems = append(problems, problem("shutdown-timeout", "%s is not between 1s and 1h", s.ShutdownTimeout))
	}
	return errors.Join(problems...)
}

func (s *Settings) checkGeo() error {
	if s.GeoDatabase == "" {
		return nil
	}
	if _, err := os.Stat(s.GeoDatabase); err != nil {
		return problem("geo-database", "%v; name a City database in MaxMind's format or leave it empty", err)
	}
	return nil
}
