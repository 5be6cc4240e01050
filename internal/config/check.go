package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// Check explains every setting and combination of settings that cannot work, and what to do instead. Nil: all is well.
func (s *Settings) Check() error {
	return errors.Join(
		s.checkData(),
		s.checkAddr(),
		s.checkPublicURL(),
		s.checkStores(),
		s.checkRoles(),
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

func (s *Settings) checkPublicURL() error {
	if s.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(s.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return problem("public-url", "%q is no web address, such as https://cdp.example.com", s.PublicURL)
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return problem("public-url", "must end after the host and port; serving below a path is not supported")
	}
	return nil
}

// engines lists, by setting, the schemes that this version understands and those of engines that are known by name.
var engines = []struct {
	setting  string
	value    func(*Settings) string
	embedded string
	takesDir bool
	planned  string
}{
	{"records-url", func(s *Settings) string { return s.RecordsURL }, "pebble", true, "elasticsearch elastic opensearch http https"},
	{"config-url", func(s *Settings) string { return s.ConfigURL }, "sqlite", true, "mysql mariadb"},
	{"cache-url", func(s *Settings) string { return s.CacheURL }, "memory", false, "redis rediss"},
	{"queue-url", func(s *Settings) string { return s.QueueURL }, "pebble", false, "pulsar pulsar+ssl"},
}

func (s *Settings) checkStores() error {
	var problems []error
	for _, e := range engines {
		value := e.value(s)
		if value == "" {
			continue
		}
		scheme, _, found := strings.Cut(value, ":")
		switch {
		case !found:
			problems = append(problems, problem(e.setting, "must be a URL, such as %s:…; leave it empty for embedded storage", e.embedded))
		case scheme != e.embedded && strings.Contains(" "+e.planned+" ", " "+scheme+" "):
			problems = append(problems, problem(e.setting, "%s is not supported by this version; use %s: or leave it empty", scheme, e.embedded))
		case scheme != e.embedded:
			problems = append(problems, problem(e.setting, "unknown scheme %q; this version knows %s:", scheme, e.embedded))
		case !e.takesDir && rest(value) != "":
			problems = append(problems, problem(e.setting, "write %s: and nothing behind it", e.embedded))
		}
	}
	return errors.Join(problems...)
}

// rest is what follows the scheme of an embedded store's URL: pebble:DIR, pebble:/DIR and pebble:///DIR all name a path.
func rest(value string) string {
	_, path, _ := strings.Cut(value, ":")
	return strings.TrimPrefix(path, "//")
}

func (s *Settings) checkRoles() error {
	if s.Roles.Has(RoleAPI) && s.Roles.Has(RoleWorker) {
		return nil
	}
	return problem("roles", "%s without %s on embedded storage cannot work: one process owns the store and no other can see it; "+
		"leave the setting empty or name both api and worker", s.Roles, missing(s.Roles))
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
