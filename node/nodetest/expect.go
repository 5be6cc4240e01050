package nodetest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
)

// Call is a request that a node makes, and the answer of the other system.
type Call struct {
	Request string            // method and URL, such as "POST https://api.example.com/v1/people?a=1"
	Header  map[string]string // that it must have; an empty value for one that it must not have
	Body    string            // JSON and forms are compared by value
	Status  int               // of the answer; 200 when zero
	Answer  string
	Answers map[string]string // headers of the answer
}

// Expect answers a node's calls, each of which must be one of these to the letter. There may be several with the same Request, which
// the Body tells apart.
func (f *Flow) Expect(t *testing.T, calls ...Call) {
	t.Helper()
	f.Server(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		request := r.Method + " https://" + r.Header.Get("X-Test-Host") + r.URL.RequestURI()
		possible := slices.DeleteFunc(slices.Clone(calls), func(c Call) bool { return !sameRequest(c.Request, request) })
		if len(possible) == 0 {
			t.Errorf("unexpected call %s %s", request, body)
			w.WriteHeader(http.StatusNotImplemented)
			return
		}
		kind := r.Header.Get("Content-Type")
		at := max(slices.IndexFunc(possible, func(c Call) bool { return cmp.Equal(readBody(kind, c.Body), readBody(kind, string(body))) }), 0)
		possible[at].check(t, r, kind, string(body))
		for name, value := range possible[at].Answers {
			w.Header().Set(name, value)
		}
		w.WriteHeader(max(possible[at].Status, http.StatusOK))
		_, _ = io.WriteString(w, possible[at].Answer)
	})
}

func (c Call) check(t *testing.T, r *http.Request, kind, body string) {
	t.Helper()
	if diff := cmp.Diff(readBody(kind, c.Body), readBody(kind, body)); diff != "" {
		t.Errorf("body of %s (-want +got):\n%s", c.Request, diff)
	}
	for name, want := range c.Header {
		if got := strings.Join(r.Header.Values(name), ", "); got != want {
			t.Errorf("header %s of %s: %q, want %q", name, c.Request, got, want)
		}
	}
}

// sameRequest compares methods, URLs and, whatever their order, parameters.
func sameRequest(want, got string) bool {
	wanted, wantedQuery, _ := strings.Cut(want, "?")
	gotten, gottenQuery, _ := strings.Cut(got, "?")
	a, errA := url.ParseQuery(wantedQuery)
	b, errB := url.ParseQuery(gottenQuery)
	return wanted == gotten && errA == nil && errB == nil && cmp.Equal(a, b)
}

// readBody makes a body comparable by value.
func readBody(kind, body string) any {
	var tree any
	if strings.Contains(kind, "json") && json.Unmarshal([]byte(body), &tree) == nil {
		return tree
	}
	if strings.HasPrefix(kind, "application/x-www-form-urlencoded") {
		if form, err := url.ParseQuery(body); err == nil {
			return form
		}
	}
	return body
}

// GroupCalling is Group for nodes that call other systems: resources are settings by id, and calls, by the id of the node, are what
// the documentation of each system asks for.
func GroupCalling(t *testing.T, group string, resources map[string]any, calls map[string][]Call) {
	t.Helper()
	Group(t, group, func(t *testing.T, typ *node.Type, f *Flow) {
		t.Helper()
		if calls[typ.ID] == nil {
			t.Fatalf("the test does not know what %s calls", typ.ID)
		}
		for id, settings := range resources {
			f.Resources[id] = settings
		}
		f.Expect(t, calls[typ.ID]...)
	})
}
