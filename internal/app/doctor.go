package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/config"
)

// Doctor looks for what keeps an installation from running well. It mends nothing by itself; it opens the stores as a start
// does, when no server has them open.
type Doctor struct {
	Settings *config.Settings
	Strays   []string // environment variables that name no setting
}

// grade is how bad a finding is.
type grade string

const (
	fine grade = "OK"
	warn grade = "WARN"
	bad  grade = "FAIL"
)

// finding is the result of one examination.
type finding struct {
	grade grade
	what  string
	text  string // for warn and bad with what to do
}

// Examine prints a line for each finding and tells whether none is bad.
func (d *Doctor) Examine(ctx context.Context, out io.Writer) bool {
	running, answers := d.running(ctx)
	findings := []finding{d.settings()}
	findings = append(findings, d.strays()...)
	if !d.Settings.SharedRecords() || !d.Settings.SharedConfig() {
		findings = append(findings, d.folder(), d.space())
	}
	findings = append(findings, files(), d.secret(), clock(), d.network(), d.proxies())
	switch {
	case answers:
		findings = append(findings, finding{fine, "server", "a server answers on " + d.Settings.Addr})
		findings = append(findings, running...)
	default:
		findings = append(findings, d.addr(ctx))
		findings = append(findings, d.stores(ctx)...)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	healthy := true
	for _, f := range findings {
		healthy = healthy && f.grade != bad
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.grade, f.what, strings.ReplaceAll(f.text, "\n", "; "))
	}
	return table.Flush() == nil && healthy
}

func (d *Doctor) settings() finding {
	if err := d.Settings.Check(); err != nil {
		return finding{bad, "settings", err.Error()}
	}
	return finding{fine, "settings", "can work together"}
}

func (d *Doctor) strays() []finding {
	var findings []finding
	for _, name := range d.Strays {
		findings = append(findings, finding{warn, "environment", "no setting is named " + name})
	}
	return findings
}

func (d *Doctor) folder() finding {
	dir := d.Settings.Data
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{fine, "data folder", dir + " does not exist yet; the first start makes it"}
	case err != nil:
		return finding{bad, "data folder", err.Error()}
	case !info.IsDir():
		return finding{bad, "data folder", dir + " is not a folder: name another one with --data"}
	}
	if err := prepareData(dir); err != nil {
		return finding{bad, "data folder", err.Error()}
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return finding{warn, "data folder", fmt.Sprintf("others on this machine can look into %s (mode %04o): run `chmod 700 %[1]s`", dir, mode)}
	}
	return finding{fine, "data folder", dir + " can be written, by its owner alone"}
}

// Room on the disk below which the doctor worries. The store refuses writes before the disk is full.
const (
	littleSpace = 2 << 30
	noSpace     = 256 << 20
)

func (d *Doctor) space() finding {
	free, err := freeSpace(existing(d.Settings.RecordsDir()))
	text := fmt.Sprintf("%d MB free", free>>20)
	switch {
	case err != nil:
		return finding{warn, "disk", "the free space is unknown: " + err.Error()}
	case free < noSpace:
		return finding{bad, "disk", text + ": make room, or move the data folder to a larger disk"}
	case free < littleSpace:
		return finding{warn, "disk", text + ": make room soon"}
	}
	return finding{fine, "disk", text}
}

func (d *Doctor) secret() finding {
	if d.Settings.Secret != "" || d.Settings.SecretFile != "" {
		if _, err := loadSecret(d.Settings); err != nil {
			return finding{bad, "secret", err.Error()}
		}
		return finding{fine, "secret", "comes from the settings"}
	}
	name := secretFile(d.Settings.Data)
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(d.Settings.RecordsDir()); err == nil {
			return finding{bad, "secret", name + " is missing although there are records: restore it from a backup"}
		}
		return finding{fine, "secret", "the first start makes it"}
	}
	if err := checkSecretMode(name); err != nil {
		return finding{bad, "secret", err.Error()}
	}
	if _, err := readSecret(name); err != nil {
		return finding{bad, "secret", err.Error()}
	}
	return finding{fine, "secret", name + " can be read by its owner alone"}
}

// clock compares the time with that of the program's build: a machine without a clock begins in the past.
func clock() finding {
	now := time.Now()
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			built, err := time.Parse(time.RFC3339, setting.Value)
			if setting.Key == "vcs.time" && err == nil && now.Before(built) {
				return finding{bad, "clock", now.Format(time.RFC3339) + " is before this program was written: set the clock"}
			}
		}
	}
	if now.Year() < 2026 {
		return finding{bad, "clock", now.Format(time.RFC3339) + " cannot be: set the clock"}
	}
	return finding{fine, "clock", now.UTC().Format(time.RFC3339)}
}

func (d *Doctor) network() finding {
	s := d.Settings
	host, _, _ := net.SplitHostPort(s.Addr)
	ip, err := netip.ParseAddr(host)
	local := host == "localhost" || err == nil && ip.IsLoopback()
	switch {
	case local && !strings.HasPrefix(s.PublicURL, "https://"):
		return finding{fine, "network", "only this machine can reach " + s.Addr}
	case strings.HasPrefix(s.PublicURL, "https://"):
		return finding{fine, "network", "browsers come over " + s.PublicURL}
	}
	return finding{warn, "network", "others can reach " + s.Addr + " without encryption: put a proxy with TLS in front, and set public-url and trusted-proxies"}
}

func (d *Doctor) proxies() finding {
	for _, network := range d.Settings.TrustedProxies {
		if network.Bits() == 0 {
			return finding{bad, "proxies", network.String() + " trusts everyone's X-Forwarded-For: name the proxies' own networks in trusted-proxies"}
		}
	}
	if strings.HasPrefix(d.Settings.PublicURL, "https://") && len(d.Settings.TrustedProxies) == 0 {
		return finding{warn, "proxies", "public-url speaks of a proxy, but trusted-proxies is empty: all visitors seem to have its address"}
	}
	return finding{fine, "proxies", fmt.Sprintf("%d networks are trusted", len(d.Settings.TrustedProxies))}
}

func (d *Doctor) addr(ctx context.Context) finding {
	listener, err := listen(ctx, d.Settings.Addr)
	if err != nil {
		return finding{bad, "address", err.Error()}
	}
	_ = listener.Close() // it was only a probe
	return finding{fine, "address", d.Settings.Addr + " is free"}
}

// stores opens what there is of the stores. Without data there is nothing to open: opening would make it.
func (d *Doctor) stores(ctx context.Context) []finding {
	s := d.Settings
	if !s.HasStores() {
		return []finding{{fine, "stores", "the web application alone needs none"}, d.api(ctx)}
	}
	var own []string
	if !s.SharedRecords() {
		own = append(own, s.RecordsDir())
	}
	if !s.SharedConfig() {
		own = append(own, s.ConfigFile())
	}
	for _, data := range own {
		if _, err := os.Stat(data); err != nil {
			return append([]finding{{fine, "stores", "the first start makes them"}}, d.servers(ctx)...)
		}
	}
	st, err := openStores(ctx, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return []finding{{bad, "stores", err.Error()}}
	}
	findings := append([]finding{{fine, "stores", "can be opened; their format is this program's"}}, pinged(ctx, st)...)
	findings = append(findings, d.sameSecret(ctx, st), d.admin(ctx, st))
	if err := st.Close(); err != nil {
		findings = append(findings, finding{bad, "stores", err.Error()})
	}
	return findings
}

// pinged tells which stores do not answer.
func pinged(ctx context.Context, st *stores) (findings []finding) {
	for _, c := range st.checks {
		if err := ping(ctx, c); err != nil {
			findings = append(findings, finding{bad, c.name, err.Error()})
		}
	}
	return findings
}

// servers opens the stores on servers before the first start, beside embedded ones that are removed again.
func (d *Doctor) servers(ctx context.Context) []finding {
	s := *d.Settings
	if !s.SharedRecords() && !s.SharedConfig() && !config.Shared(s.QueueURL) && !config.Shared(s.CacheURL) {
		return nil
	}
	dir, err := os.MkdirTemp("", "tracardi-doctor-")
	if err != nil {
		return []finding{{bad, "servers", err.Error()}}
	}
	defer os.RemoveAll(dir) //nolint:errcheck // nothing is in it
	s.Data = dir
	if !s.SharedRecords() {
		s.RecordsURL = ""
	}
	if !s.SharedConfig() {
		s.ConfigURL = ""
	}
	st, err := openStores(ctx, &s, slog.New(slog.DiscardHandler))
	if err != nil {
		return []finding{{bad, "servers", err.Error()}}
	}
	findings := append([]finding{{fine, "servers", "can be opened; their format is this program's"}}, pinged(ctx, st)...)
	if err := st.Close(); err != nil {
		findings = append(findings, finding{bad, "servers", err.Error()})
	}
	return findings
}

// api asks the API that a web application alone forwards to.
func (d *Doctor) api(ctx context.Context) finding {
	if d.Settings.APIURL == "" {
		return finding{fine, "api", "a proxy in front must send /api and the addresses for events elsewhere: api-url is empty"}
	}
	forward, err := newForwarder(d.Settings.APIURL, slog.New(slog.DiscardHandler))
	if err != nil {
		return finding{bad, "api", err.Error()}
	}
	defer forward.http.CloseIdleConnections()
	if err := ping(ctx, check{ping: forward.ping}); err != nil {
		return finding{bad, "api", d.Settings.APIURL + " " + reason(err)}
	}
	return finding{fine, "api", "one answers at " + d.Settings.APIURL}
}

func (d *Doctor) sameSecret(ctx context.Context, st *stores) finding {
	secret, err := loadSecret(d.Settings)
	if err == nil {
		err = checkSecret(ctx, st.config, secret)
	}
	if err != nil {
		return finding{bad, "installation", err.Error()}
	}
	return finding{fine, "installation", "the secret is the one with which it began"}
}

func (d *Doctor) admin(ctx context.Context, st *stores) finding {
	guard, err := auth.New(auth.Options{Config: st.config, Cache: st.cache, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return finding{bad, "administrator", err.Error()}
	}
	switch none, err := guard.NeedsSetup(ctx, tracardi.DefaultTenant); {
	case err != nil:
		return finding{bad, "administrator", err.Error()}
	case none && d.Settings.AdminEmail == "":
		return finding{warn, "administrator", "there is none: start the program and follow the link that it prints"}
	}
	return finding{fine, "administrator", "there is one; no account has a default password"}
}

// running asks a server at the address whether it is ready.
func (d *Doctor) running(ctx context.Context) (findings []finding, answers bool) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	host, port, err := net.SplitHostPort(d.Settings.Addr)
	if err != nil {
		return nil, false
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return nil, false
	}
	transport := &http.Transport{} // without a proxy from the environment
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, false
	}
	defer response.Body.Close() //nolint:errcheck // it was read
	var state struct {
		Ready  *bool    `json:"ready"` // no other program's answer has it; the web application alone has no checks
		Checks []result `json:"checks"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&state); err != nil || state.Ready == nil {
		return nil, false
	}
	for _, c := range state.Checks {
		if c.Ready {
			findings = append(findings, finding{fine, c.Name, "is ready"})
		} else {
			findings = append(findings, finding{bad, c.Name, c.Reason})
		}
	}
	return findings, true
}
