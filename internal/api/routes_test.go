package api_test

import (
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
)

// public are the routes that may work without signing in. A new one is a decision, so it is written down here too.
var public = []string{"GET /openapi.json", "GET /setup", "POST /setup", "POST /login", "POST /logout"}

func TestEveryRouteSaysWhoMayUseIt(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range api.Routes() {
		name := r.Method + " " + r.Path
		if seen[name] {
			t.Errorf("%s is there twice", name)
		}
		seen[name] = true
		switch {
		case r.Public != slices.Contains(public, name):
			t.Errorf("%s is public: %v", name, r.Public)
		case !r.Public && len(r.Roles) == 0:
			t.Errorf("%s has no role", name)
		case !r.Public && !slices.Contains(r.Roles, auth.Admin):
			t.Errorf("%s is closed to administrators", name)
		case strings.HasSuffix(r.Scope, ":read") != (r.Scope != "" && r.Method == "GET"):
			t.Errorf("%s has the scope %s", name, r.Scope)
		}
	}
}

// request is a request for a route whose input means nothing, so that only the right to make it is tried.
func request(c *client, r api.Route) *answer {
	path := strings.NewReplacer("{id}", "none", "{field}", "type", "{topic}", "none", "{version}", "1").Replace(r.Path)
	body := ""
	if r.Method == "POST" || r.Method == "PUT" || r.Method == "PATCH" {
		body = "{}"
	}
	return c.send(r.Method, path, body)
}

// TestMatrix tries every route with every role.
func TestMatrix(t *testing.T) {
	h := open(t)
	close(h.closing)
	for _, role := range auth.Roles() {
		h.user(string(role)+"@example.com", role)
	}
	for _, r := range api.Routes() {
		a := request(h.stranger(), r)
		if r.Public {
			if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
				t.Errorf("a stranger got %d from %s, which is public", a.status, a.what)
			}
			continue
		}
		a.wants(http.StatusUnauthorized)
		if a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s does not say how to sign in", a.what)
		}
		request(h.stranger().with("Authorization", "Bearer trc_none"), r).wants(http.StatusUnauthorized)
	}
	for _, role := range auth.Roles() {
		c := h.session(string(role) + "@example.com")
		for _, r := range api.Routes() {
			if r.Path == "/logout/everywhere" {
				continue // ends the session; it has its own test
			}
			a := request(c, r)
			allowed := r.Public || slices.Contains(r.Roles, role)
			if !allowed && a.status != http.StatusForbidden {
				t.Errorf("%s got %d from %s, want 403", role, a.status, a.what)
			}
			if allowed && (a.status == http.StatusForbidden || a.status == http.StatusUnauthorized || a.status >= 500) {
				t.Errorf("%s got %d from %s, which it may use: %s", role, a.status, a.what, a.body)
			}
			if r.Path == "/logout" {
				c = h.session(string(role) + "@example.com")
			}
		}
	}
}

// TestScopes tries every route with tokens that are limited to its scope, and to everything but its scope.
func TestScopes(t *testing.T) {
	h := open(t)
	close(h.closing)
	var scopes []string
	for _, r := range api.Routes() {
		if r.Scope != "" && !slices.Contains(scopes, r.Scope) {
			scopes = append(scopes, r.Scope)
		}
	}
	clients := map[string]*client{}
	for _, scope := range scopes {
		clients[scope] = h.as(auth.Admin, scope)
		area, _, _ := strings.Cut(scope, ":")
		others := slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return strings.HasPrefix(s, area+":") || strings.HasPrefix(s, "*") })
		if strings.HasSuffix(scope, ":write") {
			others = append(others, area+":read")
		}
		clients["not "+scope] = h.as(auth.Admin, others...)
	}
	for _, r := range api.Routes() {
		if r.Scope == "" {
			continue
		}
		if a := request(clients[r.Scope], r); a.status == http.StatusForbidden || a.status == http.StatusUnauthorized {
			t.Errorf("with %s got %d from %s", r.Scope, a.status, a.what)
		}
		request(clients["not "+r.Scope], r).wants(http.StatusForbidden, "lacks the scope "+r.Scope)
	}
}

var update = flag.Bool("update", false, "write the golden files")

func TestOpenAPI(t *testing.T) {
	h := open(t)
	a := h.stranger().send("GET", "/openapi.json", "").wants(http.StatusOK)
	var document struct {
		OpenAPI    string
		Paths      map[string]map[string]struct{ OperationID string }
		Components struct{ Schemas map[string]any }
	}
	a.read(&document)
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("the version is %s", document.OpenAPI)
	}
	ids := map[string]bool{}
	for _, r := range api.Routes() {
		operation, ok := document.Paths[r.Path][strings.ToLower(r.Method)]
		if !ok || operation.OperationID == "" || ids[operation.OperationID] {
			t.Errorf("%s %s is missing or has no id of its own: %q", r.Method, r.Path, operation.OperationID)
		}
		ids[operation.OperationID] = true
	}
	if len(ids) != len(api.Routes()) {
		t.Errorf("%d operations are described, there are %d", len(ids), len(api.Routes()))
	}
	const golden = "../../docs/openapi.json"
	if *update {
		h.must(os.MkdirAll("../../docs", 0o755))
		h.must(os.WriteFile(golden, []byte(a.body), 0o644))
	}
	want, err := os.ReadFile(golden)
	h.must(err)
	if diff := cmp.Diff(string(want), a.body); diff != "" {
		t.Errorf("docs/openapi.json is old, run: go test ./internal/api -run OpenAPI -update\n%s", diff)
	}
}

func TestUnknownRoutes(t *testing.T) {
	h := open(t)
	h.stranger().send("GET", "/nothing", "").wants(http.StatusNotFound, `"status":404`, "/api/v1/nothing")
	a := h.stranger().send("PUT", "/login", "{}").wants(http.StatusMethodNotAllowed)
	if a.header.Get("Allow") != "POST" {
		t.Errorf("allowed is %q", a.header.Get("Allow"))
	}
}

func TestHeaders(t *testing.T) {
	h := open(t)
	a := h.stranger().with("X-Request-ID", "client-7.a").send("GET", "/me", "").wants(http.StatusUnauthorized, `"request_id":"client-7.a"`, "Bearer <token>")
	for name, want := range map[string]string{
		"X-Request-Id": "client-7.a", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	a = h.stranger().with("X-Request-ID", "bad\nid "+strings.Repeat("x", 100)).send("GET", "/me", "")
	if id := a.header.Get("X-Request-ID"); len(id) != 36 {
		t.Errorf("a bad id was answered with %q", id)
	}
}
