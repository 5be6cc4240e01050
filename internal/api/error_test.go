package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
)

// internals are traces of what runs behind the API.
var internals = regexp.MustCompile(`(?i)\.go:|goroutine|sqlite|pebble|sql:|/tmp/|panic|\bnil\b|reflect|json: cannot|unmarshal`)

// TestEveryErrorSaysWhatIsWrong sends each route what it cannot take. Whatever it refuses, it names the part of the request and the
// request itself, in words for people.
func TestEveryErrorSaysWhatIsWrong(t *testing.T) {
	h := open(t)
	close(h.closing)
	admin := h.as(auth.Admin)
	for _, r := range api.Routes() {
		answers := []*answer{request(admin, r), request(h.stranger(), r)}
		path := strings.NewReplacer("{id}", "none", "{field}", "type", "{topic}", "none", "{version}", "1").Replace(r.Path)
		answers = append(answers, admin.send(r.Method, path+"?nonsense=1", ""))
		if strings.Contains(path, "none") {
			answers = append(answers, admin.send(r.Method, strings.Replace(path, "none", strings.Repeat("x", 600), 1), ""))
		}
		if r.Method != "GET" && r.Method != "DELETE" {
			for _, body := range []string{`{`, `[]`, `7`, `"a"`, `null`, `{"nonsense":1}`, `{"name":{}}`, `{"name":1,"name":2}`, "{\"name\":\"\xff\"}", strings.Repeat(`{"a":`, 20_000)} {
				answers = append(answers, admin.send(r.Method, path, body))
			}
		}
		for _, a := range answers {
			checkProblem(t, a)
		}
	}
}

func checkProblem(t *testing.T, a *answer) {
	t.Helper()
	if a.status >= 500 {
		t.Errorf("%s: %d %s", a.what, a.status, a.body)
	}
	if a.status < 400 {
		return
	}
	var p api.Problem
	a.read(&p)
	switch {
	case a.header.Get("Content-Type") != "application/problem+json", p.Status != a.status, p.Title != http.StatusText(a.status), len(p.Detail) < 5:
		t.Errorf("%.80s: %d is no problem: %s", a.what, a.status, a.body)
	case p.RequestID == "" || p.RequestID != a.header.Get("X-Request-ID"):
		t.Errorf("%.80s: the request %q is called %q: %s", a.what, a.header.Get("X-Request-ID"), p.RequestID, a.body)
	case (a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity) && len(p.Errors) == 0:
		t.Errorf("%.80s: %d names no part of the request: %s", a.what, a.status, a.body)
	case internals.MatchString(a.body):
		t.Errorf("%.80s: the error shows the inside: %.300s", a.what, a.body)
	}
	for _, fault := range p.Errors {
		part, _, _ := strings.Cut(fault.Location, ".")
		if !strings.Contains(" body query path header ", " "+part+" ") || fault.Message == "" {
			t.Errorf("%.80s: a fault is at %q: %q", a.what, fault.Location, fault.Message)
		}
	}
}

// TestNamesThereTwice sends a member twice: the first would not be checked, and taken all the same.
func TestNamesThereTwice(t *testing.T) {
	h := open(t)
	h.user("ann@example.com", auth.Admin)
	c := h.as(auth.Admin)
	c.send("POST", "/users", `{"email":"bob@example.com","password":"three blind mice","role":"viewer","role":"admin"}`).
		wants(http.StatusBadRequest, `"location":"body"`, "has the member /role twice")
	c.send("POST", "/users", `{"email":"bob@example.com","password":"three blind mice","role":"viewer","Role":"admin"}`).
		wants(http.StatusUnprocessableEntity, `"location":"body.Role"`)
	c.send("POST", "/flows", `{"name":"a","draft":{"nodes":[{"id":"x","type":"none","x":"far"}],"edges":[]},"draft":{"nodes":[],"edges":[]}}`).
		wants(http.StatusBadRequest, "has the member /draft twice")
	c.send("POST", "/resources", `{"name":"a","type":"smtp","settings":{"host":"a.example","host":"b.example"}}`).
		wants(http.StatusBadRequest, "/settings/host")
}

// TestLogNamesNobody breaks the store and looks for the address of a request, which may name a person, in the log.
func TestLogNamesNobody(t *testing.T) {
	h := open(t)
	c := h.as(auth.Admin)
	h.must(h.store.Close())
	a := c.send("GET", "/profiles/ann@example.com", "")
	if a.status < 500 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if log := h.log.String(); strings.Contains(log, "ann@") || !strings.Contains(log, "/profiles/{id}") || !strings.Contains(log, a.header.Get("X-Request-ID")) {
		t.Errorf("the log: %s", log)
	}
}
