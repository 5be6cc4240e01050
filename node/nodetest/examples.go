package nodetest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

// Group checks every registered type of a group (the id of the package, such as control): that its description is complete, and
// that each example does what it says. prepare, which may be nil, gives examples what they need, such as a resource.
func Group(t *testing.T, group string, prepare func(t *testing.T, typ *node.Type, f *Flow)) {
	t.Helper()
	found := false
	for _, typ := range node.Types() {
		if typ.Group.ID != group {
			continue
		}
		found = true
		t.Run(typ.ID, func(t *testing.T) {
			describes(t, typ)
			for _, example := range typ.Examples {
				t.Run(example.Name, func(t *testing.T) { Example(t, typ, example, prepare) })
			}
		})
	}
	if !found {
		t.Fatalf("there is no node in group %q", group)
	}
}

// describes checks that nothing is missing for the people who use the node.
func describes(t *testing.T, typ *node.Type) {
	t.Helper()
	if doc := typ.Doc(); len(doc) < 40 {
		t.Errorf("the comment of the struct is no documentation: %q", doc)
	}
	schema := typ.Schema()
	for name, property := range schema.Properties {
		if property.Title == "" || property.Description == "" {
			t.Errorf("setting %q needs a title and a help", name)
		}
	}
	shown := map[string]bool{}
	for _, example := range typ.Examples {
		shown[example.Port] = true
		if example.Port != "" && !typ.HasOut(example.Port) {
			t.Errorf("example %q leaves at %q, which is no port", example.Name, example.Port)
		}
	}
	for _, port := range typ.Out {
		if !shown[port.Name] {
			t.Errorf("no example leaves at the port %q", port.Name)
		}
	}
	if _, err := typ.Configure([]byte(`{"no such setting": 1}`)); err == nil || !strings.Contains(err.Error(), "no such setting") {
		t.Errorf("an unknown setting gives %v", err)
	}
	names := map[string]bool{}
	for _, example := range typ.Examples {
		if example.Name == "" || names[example.Name] {
			t.Errorf("two examples are called %q, or one has no name", example.Name)
		}
		names[example.Name] = true
	}
}

// Example runs one example, first alone and then by several goroutines at once.
func Example(t *testing.T, typ *node.Type, e node.Example, prepare func(t *testing.T, typ *node.Type, f *Flow)) {
	t.Helper()
	n, err := typ.Configure([]byte(e.Config))
	if err != nil {
		t.Fatalf("settings: %v", err)
	}
	check(t, typ, n, e, prepare)
	var group sync.WaitGroup
	for range 4 {
		f := flowOf(t, typ, e, prepare)
		group.Go(func() { _, _ = n.Run(t.Context(), f.Input(t, e.In, e.Payload)) }) // for the race detector
	}
	group.Wait()
}

func flowOf(t *testing.T, typ *node.Type, e node.Example, prepare func(t *testing.T, typ *node.Type, f *Flow)) *Flow {
	t.Helper()
	f := NewFlow()
	for source, fields := range map[string]string{"event": e.Event, "profile": e.Profile, "session": e.Session, "memory": e.Memory} {
		f.Over(t, source, fields)
	}
	if prepare != nil {
		prepare(t, typ, f)
	}
	return f
}

func check(t *testing.T, typ *node.Type, n node.Node, e node.Example, prepare func(t *testing.T, typ *node.Type, f *Flow)) {
	t.Helper()
	f := flowOf(t, typ, e, prepare)
	port := e.In
	if port == "" && len(typ.In) > 0 {
		port = typ.In[0].Name
	}
	in := f.Input(t, port, e.Payload)
	arrived := f.Input(t, port, e.Payload).Payload
	before := in.Payload
	out, err := n.Run(t.Context(), in)
	switch {
	case e.Error == "" && err != nil:
		t.Fatalf("failed: %v", err)
	case e.Error != "" && (err == nil || !strings.Contains(err.Error(), e.Error)):
		t.Fatalf("error %v, want one with %q", err, e.Error)
	case e.Error != "":
		return
	}
	if diff := cmp.Diff(arrived, before); diff != "" {
		t.Errorf("changed the payload that other branches see (-before +after):\n%s", diff)
	}
	f.checkOutput(t, e, out, arrived)
	for place, want := range e.After {
		f.checkPlace(t, in, place, want)
	}
}

func (f *Flow) checkOutput(t *testing.T, e node.Example, out node.Output, arrived map[string]any) {
	t.Helper()
	results := out.Results
	if out.Wait != nil {
		if got := out.Wait.Until.Sub(f.Time); got != wait(t, e.Waits) {
			t.Errorf("waits %v, want %s", got, e.Waits)
		}
		if !out.Wait.Again {
			results = append(slices.Clip(results), out.Wait.Result)
		}
		if out.Wait.Matched != "" { // the event that comes in time would be added to the payload
			results = append(results, node.Result{Port: out.Wait.Matched, Payload: out.Wait.Result.Payload})
		}
	} else if e.Waits != "" {
		t.Errorf("does not wait, want %s", e.Waits)
	}
	if e.Port == "" {
		if len(results) > 0 {
			t.Errorf("goes on with %v, want nothing", results)
		}
		return
	}
	at := slices.IndexFunc(results, func(r node.Result) bool { return r.Port == e.Port })
	if at < 0 {
		t.Fatalf("goes on with %v, want the port %q", results, e.Port)
	}
	if e.Result == "*" {
		return
	}
	want := arrived
	if e.Result != "" {
		want = object(e.Result)
	}
	text, err := json.Marshal(results[at].Payload) // numbers and lists as they are stored
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, object(string(text))); diff != "" {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
}

func wait(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" {
		return 0
	}
	offset, err := expr.ParseOffset(text)
	if err != nil {
		t.Fatal(err)
	}
	return offset.Add(Now).Sub(Now)
}

func (f *Flow) checkPlace(t *testing.T, in *node.Input, place, want string) {
	t.Helper()
	source, path, _ := strings.Cut(place, "@")
	got, _ := in.Get(source, expr.MustPath(path))
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatalf("%s: %v", place, err)
	}
	text, err := json.Marshal(got)
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if diff := cmp.Diff(wanted, got); diff != "" || err != nil {
		t.Errorf("%s (-want +got): %v\n%s", place, err, diff)
	}
}

// Server answers calls of nodes in tests with handle, and makes the flow's client reach it under any host name.
func (f *Flow) Server(t *testing.T, handle http.HandlerFunc) {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	f.HTTP = &http.Client{Timeout: 10 * time.Second, Transport: reroute{server}}
}

// reroute sends every request to a test server.
type reroute struct{ server *httptest.Server }

// RoundTrip implements http.RoundTripper.
func (r reroute) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	request.Header.Set("X-Test-Host", request.URL.Host)
	request.URL.Scheme, request.URL.Host = "http", r.server.Listener.Addr().String()
	return r.server.Client().Transport.RoundTrip(request)
}
