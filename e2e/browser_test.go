package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/template"
)

// TestBrowser walks through pages in Chromium and looks at what arrived. Each walk has an event source of its own name.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	p := start(t, t.TempDir())
	b := newBrowser(t, p)
	walks := map[string]visits{
		"visit":    {profiles: 1, sessions: 1, events: []string{`type = "page-view" AND hit.name = "Plain"`, `type = "clicked" AND properties.at = "button" AND app.name = "HeadlessChrome"`, `type = "page-view" AND hit.name = "Next"`}},
		"adopted":  {profiles: 1, events: []string{`type = "page-view"`, `type = "clicked"`}},
		"cookies":  {profiles: 2, events: []string{`type = "clicked"`, `type = "page-view" AND hit.name = "Plain"`, `type = "page-view" AND hit.name = "Next"`}},
		"policy":   {profiles: 1, events: []string{`type = "page-view" AND hit.name = "Strict"`}},
		"outage":   {profiles: 1, sessions: 1, events: []string{`type = "clicked"`, `type = "page-view" AND hit.name = "Plain"`, `type = "page-view" AND hit.name = "Next"`}},
		"network":  {profiles: 1, sessions: 1, events: []string{`type = "clicked"`, `type = "page-view"`}},
		"leave":    {profiles: 1, sessions: 1, events: []string{`type = "link-followed"`}, twice: []string{`type = "page-view"`, `type = "left" AND properties.how = "pagehide"`}},
		"private":  {profiles: 1, events: []string{`type = "page-view"`}},
		"dnt":      {},
		"gpc":      {},
		"consent":  {profiles: 1, sessions: 1, twice: []string{`type = "page-view"`}},
		"prefix":   {profiles: 1, sessions: 1, events: []string{`type = "page-view"`, `type = "left" AND properties.how = "beacon"`}},
		"loader":   {profiles: 1, sessions: 1, events: []string{`type = "page-view"`, `type = "offer-seen" AND properties.shelf = 3`, `type = "asked"`}},
		"elements": {profiles: 1, sessions: 1, events: []string{`type = "page-view"`, `type = "text-selected" AND properties.text = "Words"`, `type = "offer-seen" AND properties.shelf = 3`}},
		"routes": {profiles: 1, sessions: 1, events: []string{
			`hit.name = "Tag"`, `hit.url CONTAINS "basket?step=2"`, `hit.url CONTAINS "#/orders"`, `hit.url CONTAINS "/end"`,
		}, twice: []string{`hit.name = "Basket" AND NOT hit.url CONTAINS "?" AND NOT hit.url CONTAINS "#" AND NOT hit.url CONTAINS "/end"`}},
	}
	names := slices.Sorted(maps.Keys(walks))
	for _, name := range names {
		b.source(t, name, "rest")
	}
	b.walk(t, names...)
	for _, name := range names {
		t.Run(name, func(t *testing.T) { b.check(t, name, walks[name]) })
	}
}

// TestBrowserClients runs the browser libraries of other platforms, as their makers publish them.
func TestBrowserClients(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	for _, c := range []struct {
		name, kind string
		lacks      []string
	}{
		{"segment-browser", "segment", nil},
		{"rudder-browser", "rudderstack", []string{"screen-view"}}, // the library has no such call
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, t.TempDir())
			b := newBrowser(t, p)
			b.source(t, c.name, c.kind)
			b.walk(t, c.name)
			checkVisit(t, p, c.lacks...)
		})
	}
}

// TestJourney follows a visitor of a shop who signs up on another domain.
func TestJourney(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	p := start(t, t.TempDir())
	b := newBrowser(t, p)
	b.source(t, "journey", "rest")
	b.source(t, "journey-accounts", "rest")
	b.walk(t, "journey")
	profiles := p.search("/api/v1/profiles", "")
	if len(profiles) != 1 {
		t.Fatalf("%d profiles, want 1", len(profiles))
	}
	text, err := json.Marshal(profiles[0])
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(text), `"main":"ann@shop.example"`, `"firstname":"Ann"`, `"traits":{"plan":"pro"}`, `"visits":2`)
	var id string
	if err := json.Unmarshal(profiles[0]["id"], &id); err != nil {
		t.Fatal(err)
	}
	var timeline struct {
		Items []struct {
			Type   string
			Source struct{ ID string }
			Hit    struct{ Name string }
		}
	}
	p.must("GET", "/api/v1/profiles/"+id+"/timeline?limit=100", "", &timeline)
	var steps []string
	for _, e := range slices.Backward(timeline.Items) {
		if !slices.Contains([]string{"profile-created", "session-opened", "visit-started"}, e.Type) {
			steps = append(steps, fmt.Sprintf("%s: %s on %s", e.Source.ID, e.Type, e.Hit.Name))
		}
	}
	want := []string{
		"journey: page-view on Shop",
		"journey: page-view on Search", "journey: product-search-result on Search",
		"journey: page-view on Shoe", "journey: product-added-to-basket on Shoe",
		"journey: page-view on Basket",
		"journey-accounts: page-view on Sign up", "journey-accounts: sign-up on Sign up", "journey-accounts: profile-update on Sign up",
		"journey-accounts: page-view on Welcome",
	}
	if !slices.Equal(steps, want) {
		t.Errorf("the timeline is\n%s\nwant\n%s", strings.Join(steps, "\n"), strings.Join(want, "\n"))
	}
}

// browser walks through pages of a shop and of another site, which both send to a program.
type browser struct {
	p    *program
	dir  string   // with the walks
	keys sync.Map // source → write key; pages ask for it while walks make more

	chromium string
	shop     string // origins, as the browser knows them
	accounts string
	server   string
}

func newBrowser(t *testing.T, p *program) *browser {
	t.Helper()
	chromium := cmp.Or(os.Getenv("CHROMIUM"), "/usr/bin/chromium")
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("%v: install it (apt-get install chromium), or say where it is (CHROMIUM=/path/to/it)", err)
	}
	b := &browser{p: p, chromium: chromium}
	b.dir = installed(t, "clients/browser", "package-lock.json", func(dir string) {
		execute(t, dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	})
	site := httptest.NewServer(b.site(t))
	t.Cleanup(site.Close)
	at := func(host, address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return "http://" + host + ":" + u.Port()
	}
	b.shop, b.accounts, b.server = at("shop.example", site.URL), at("accounts.example", site.URL), at("cdp.example", p.url)
	return b
}

// site serves the pages below the name of a walk, packages below /modules/, and the program below /data/.
func (b *browser) site(t *testing.T) http.Handler {
	target, err := url.Parse(b.p.url)
	if err != nil {
		t.Fatal(err)
	}
	loader, err := os.ReadFile("../tracker/test/loader.js")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/data/", http.StripPrefix("/data", httputil.NewSingleHostReverseProxy(target)))
	mux.Handle("/modules/", http.StripPrefix("/modules/", http.FileServer(http.Dir(filepath.Join(b.dir, "node_modules")))))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		walk, name := path.Split(r.URL.Path)
		walk = strings.Trim(walk, "/")
		found, _ := filepath.Glob("clients/browser/*/" + name)
		if name == "" || len(found) != 1 {
			http.NotFound(w, r)
			return
		}
		page, err := template.ParseFiles(found[0])
		if err != nil {
			t.Error(err)
			return
		}
		const nonce = "bm9uY2U"
		if name == "strict.html" {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+nonce+"' "+b.server+"; connect-src "+b.server+"; style-src 'nonce-"+nonce+"'")
		}
		w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		key, _ := b.keys.Load(walk)
		err = page.Execute(w, map[string]any{
			"Server": b.server, "Shop": b.shop, "Accounts": b.accounts, "Nonce": nonce, "Loader": string(loader),
			"Source": walk, "Key": key,
		})
		if err != nil {
			t.Log(err) // the browser went on to the next page
		}
	})
	return mux
}

// source makes an event source for a walk.
func (b *browser) source(t *testing.T, name, kind string) {
	t.Helper()
	var source struct {
		Key string `json:"write_key"`
	}
	b.p.must("POST", "/api/v1/sources", fmt.Sprintf(`{"id":%q,"name":%q,"types":[%q]}`, name, name, kind), &source)
	b.keys.Store(name, source.Key)
}

func (b *browser) walk(t *testing.T, names ...string) (out string) {
	t.Helper()
	settings, err := json.Marshal(map[string]string{"chromium": b.chromium, "shop": b.shop, "accounts": b.accounts, "server": b.server, "direct": b.p.url})
	if err != nil {
		t.Fatal(err)
	}
	return execute(t, b.dir, append([]string{"node", "walk.mjs", string(settings)}, names...)...)
}

// visits is what a walk is to leave behind, beside the events that the platform adds.
type visits struct {
	profiles, sessions int
	events             []string // conditions, each of which one event meets
	twice              []string // conditions that two events meet
}

func (b *browser) check(t *testing.T, source string, want visits) {
	t.Helper()
	of := fmt.Sprintf(`source.id = %q AND NOT type IN ["profile-created", "session-opened", "visit-started"] `, source)
	all := len(want.events) + 2*len(want.twice)
	await(t, fmt.Sprintf("%d events", all), func() bool { return len(b.p.search("/api/v1/events", of)) >= all })
	found := b.p.search("/api/v1/events", of)
	if len(found) != all {
		t.Errorf("%d events, want %d: %s", len(found), all, found)
	}
	for _, condition := range want.events {
		if n := len(b.p.search("/api/v1/events", of+"AND "+condition)); n != 1 {
			t.Errorf("%d events with %s, want 1: %s", n, condition, found)
		}
	}
	for _, condition := range want.twice {
		if n := len(b.p.search("/api/v1/events", of+"AND "+condition)); n != 2 {
			t.Errorf("%d events with %s, want 2", n, condition)
		}
	}
	profiles, sessions := map[string]bool{}, map[string]bool{}
	for _, e := range found {
		profiles[string(e["profile"])] = true
		var session struct{ ID string }
		if err := json.Unmarshal(e["session"], &session); err != nil {
			t.Error(err)
		}
		sessions[session.ID] = true
	}
	if len(profiles) != want.profiles || want.sessions > 0 && len(sessions) != want.sessions {
		t.Errorf("%d profiles and %d sessions, want %d and %d", len(profiles), len(sessions), want.profiles, want.sessions)
	}
}

// TestTrackerCost measures the tracker: its size, and the time that it takes of a page's main thread. -v shows the figures.
func TestTrackerCost(t *testing.T) {
	if testing.Short() {
		t.Skip("needs a browser")
	}
	p := start(t, t.TempDir())
	b := newBrowser(t, p)
	b.source(t, "cost", "rest")
	var cost struct{ Script, Tasks float64 }
	_, figures, _ := strings.Cut(b.walk(t, "cost"), "cost ")
	if err := json.NewDecoder(strings.NewReader(figures)).Decode(&cost); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/tracker/liliput.min.js", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := p.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	sent, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes as they are sent; %.1f ms of scripts and %.1f ms of all tasks more than the page without it", len(sent), cost.Script, cost.Tasks)
	if len(sent) > 10_000 {
		t.Errorf("the tracker has %d bytes, want less than 10,000", len(sent))
	}
	if cost.Script > 50 {
		t.Errorf("the tracker keeps the main thread busy for %.1f ms, want less than 50", cost.Script)
	}
}
