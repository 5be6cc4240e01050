package collect_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/storage"
)

// payload is a payload of one event in a session.
func payload(source, session, more string) string {
	return fmt.Sprintf(`{"source":{"id":%q},"session":{"id":%q},"events":[{"type":"page-view"}]%s}`, source, session, more)
}

func TestTrackAnswer(t *testing.T) {
	e := newEdge(t, nil)
	a := e.send("POST", "/track", payload("shop", "s1", ""))
	r := e.taken(a)
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(a.text), &members); err != nil {
		t.Fatal(err)
	}
	want := []string{"errors", "events", "profile", "response", "session", "task", "ux", "warnings"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(members))); diff != "" {
		t.Error(diff)
	}
	for name, empty := range map[string]string{"errors": "[]", "events": "[]", "ux": "[]", "warnings": "[]", "response": "{}"} {
		if string(members[name]) != empty {
			t.Errorf("%s is %s, want %s", name, members[name], empty)
		}
	}
	if r.Task == "" || r.Profile.ID == nil || r.Session.ID == nil || *r.Session.ID != "s1" {
		t.Errorf("answer %s", a.text)
	}
	if a.header.Get("Content-Type") != "application/json" || a.header.Get("X-Process-Time") < "0.000002" {
		t.Errorf("header %v", a.header)
	}
	if e.edge.Counts.Payloads.Load() != 1 || e.edge.Counts.Events.Load() != 1 || e.edge.Counts.Refused.Load() != 0 {
		t.Error("the counts are wrong")
	}
}

func TestTrackTakesEveryForm(t *testing.T) {
	e := newEdge(t, nil)
	for i, c := range []struct {
		name, path, body string
		headers          []string
	}{
		{"with a slash", "/track/", "", nil},
		{"as JSON", "/track", "", []string{"Content-Type", "application/json"}},
		{"as text, like beacons", "/track", "", []string{"Content-Type", "text/plain;charset=UTF-8"}},
		{"as a form, like old clients", "/track", "", []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{"gzip", "/track", zipped, []string{"Content-Encoding", "gzip"}},
		{"x-gzip", "/track", zipped, []string{"Content-Encoding", "x-gzip"}},
		{"GZIP", "/track", zipped, []string{"Content-Encoding", "GZIP"}},
		{"zstd", "/track", squeezed, []string{"Content-Encoding", "zstd"}},
		{"identity", "/track", "", []string{"Content-Encoding", "identity"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			session := fmt.Sprintf("form-%d", i)
			body := payload("shop", session, "")
			switch c.body {
			case zipped:
				body = zip(t, strings.NewReader(body))
			case squeezed:
				body = squeeze(t, strings.NewReader(body))
			}
			if r := e.taken(e.send("POST", c.path, body, c.headers...)); *r.Session.ID != session {
				t.Errorf("session %q", *r.Session.ID)
			}
			e.event(`type = "page-view" AND session.id = "` + session + `"`)
		})
	}
}

// Marks for bodies that are to be compressed.
const zipped, squeezed = "zipped", "squeezed"

func zip(t *testing.T, text io.Reader) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.Copy(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func squeeze(t *testing.T, text io.Reader) string {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(1<<20))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// zeros is an endless text, good for bombs.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestTrackRefuses(t *testing.T) {
	e := newEdge(t, func(o *collect.Options) {
		o.Limits = collect.Limits{Body: 20_000, Plain: 40_000, Events: 3, Depth: 8, Keys: 60, Text: 500}
	})
	long := func(n int) string { return strings.Repeat("x", n) }
	event := func(inner string) string {
		return `{"source":{"id":"shop"},"session":{"id":"s"},"events":[{"type":"a"},{` + inner + `}]}`
	}
	bomb, whole := zip(t, io.LimitReader(zeros{}, 4<<20)), zip(t, strings.NewReader(payload("shop", "s", "")))
	for _, c := range []struct {
		name, body, kind, place string
		status                  int
		headers                 []string
	}{
		{name: "nothing", body: "", status: 422, place: ""},
		{name: "no JSON", body: "type=page-view", status: 422},
		{name: "half a payload", body: `{"source":{"id":"sh`, status: 422, kind: "invalid", place: `["body","source","id"]`},
		{name: "a list", body: "[]", status: 422},
		{name: "no source", body: `{"events":[{"type":"a"}]}`, status: 422, kind: "invalid", place: `["body","source","id"]`},
		{name: "blank source", body: `{"source":{"id":" "}}`, status: 422, kind: "invalid", place: `["body","source","id"]`},
		{name: "no type", body: event(`"properties":{}`), status: 422, kind: "invalid", place: `["body","events",1,"type"]`},
		{name: "blank type", body: event(`"type":" "`), status: 422, kind: "invalid", place: `["body","events",1,"type"]`},
		{name: "properties of another type", body: event(`"type":"a","properties":7`), status: 422, kind: "invalid", place: `["body","events",1,"properties"]`},
		{name: "no date", body: event(`"type":"a","time":{"insert":"soon"}`), status: 422, kind: "invalid", place: `["body","events",1,"time","insert"]`},
		{name: "long id", body: event(`"type":"a","id":"` + long(201) + `"`), status: 422, kind: "invalid", place: `["body","events",1,"id"]`},
		{name: "long type", body: event(`"type":"` + long(201) + `"`), status: 422, kind: "invalid", place: `["body","events",1,"type"]`},
		{name: "long session", body: payload("shop", long(201), ""), status: 422, kind: "invalid", place: `["body","session","id"]`},
		{name: "long profile", body: payload("shop", "s", `,"profile":{"id":"`+long(201)+`"}`), status: 422, kind: "invalid", place: `["body","profile","id"]`},
		{name: "no bool", body: payload("shop", "s", `,"debug":"yes"`), status: 422, kind: "invalid", place: `["body","debug"]`},

		{name: "large body", body: payload("shop", "s", `,"context":{"a":"`+long(20_000)+`"}`), status: 413, kind: "too_large", place: `["body"]`},
		{name: "many events", body: `{"source":{"id":"shop"},"events":[{"type":"a"},{"type":"a"},{"type":"a"},{"type":"a"}]}`, status: 413, kind: "too_large", place: `["body","events"]`},
		{name: "deep", body: event(`"type":"a","properties":` + strings.Repeat(`{"a":`, 9) + `1` + strings.Repeat(`}`, 9)), status: 413, kind: "too_large", place: `["body","events",1,"properties","a","a","a","a","a"]`},
		{name: "many members", body: payload("shop", "s", `,"context":{`+strings.Repeat(`"a":1,`, 70)+`"b":1}`), status: 413, kind: "too_large", place: `["body","context","a"]`},
		{name: "long text", body: event(`"type":"a","properties":{"a":"` + long(501) + `"}`), status: 413, kind: "too_large", place: `["body","events",1,"properties","a"]`},
		{name: "long name", body: event(`"type":"a","properties":{"` + long(501) + `":1}`), status: 413, kind: "too_large", place: `["body","events",1,"properties","` + long(501) + `"]`},

		{name: "gzip bomb", body: bomb, headers: []string{"Content-Encoding", "gzip"}, status: 413, kind: "too_large", place: `["body"]`},
		{name: "zstd bomb", body: squeeze(t, io.LimitReader(zeros{}, 4<<20)), headers: []string{"Content-Encoding", "zstd"}, status: 413, kind: "too_large", place: `["body"]`},
		{name: "zstd that wants much memory", body: "\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00\x00\x00\x00", headers: []string{"Content-Encoding", "zstd"}, status: 422, kind: "invalid", place: `["body"]`},
		{name: "no gzip", body: `{}`, headers: []string{"Content-Encoding", "gzip"}, status: 422, kind: "invalid", place: `["body"]`},
		{name: "half a gzip", body: whole[:len(whole)-9], headers: []string{"Content-Encoding", "gzip"}, status: 422, kind: "invalid", place: `["body"]`},
		{name: "no zstd", body: `{}`, headers: []string{"Content-Encoding", "zstd"}, status: 422, kind: "invalid", place: `["body"]`},
		{name: "unknown compression", body: `{}`, headers: []string{"Content-Encoding", "br"}, status: 422, kind: "invalid", place: `["header","Content-Encoding"]`},

		{name: "unknown source", body: payload("nobody", "s", ""), status: 401, kind: "unauthenticated", place: `["body","source","id"]`},
		{name: "disabled source", body: payload("off", "s", ""), status: 401, kind: "unauthenticated", place: `["body","source","id"]`},
		{name: "source of another kind", body: payload("hook", "s", ""), status: 401, kind: "unauthenticated", place: `["body","source","id"]`},
		{name: "the system's own source", body: payload("@internal", "s", ""), status: 401, kind: "unauthenticated", place: `["body","source","id"]`},
		{name: "a foreign page", body: payload("own", "s", ""), headers: []string{"Origin", "https://evil.example"}, status: 403, kind: "forbidden", place: `["header","Origin"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			before := e.edge.Counts.Refused.Load()
			e.refused(e.send("POST", "/track", c.body, c.headers...), c.status, c.kind, c.place)
			if e.edge.Counts.Refused.Load() != before+1 {
				t.Error("the refusal was not counted")
			}
		})
	}
	e.t = t
	if stored := e.found(storage.Events, ""); len(stored) != 0 {
		t.Errorf("refused events are stored: %s", stored)
	}
	if a := e.send("GET", "/track", ""); a.status != http.StatusMethodNotAllowed || !strings.Contains(a.header.Get("Allow"), "POST") {
		t.Errorf("GET /track: %d, Allow %q", a.status, a.header.Get("Allow"))
	}
}

func TestTrackProfileLess(t *testing.T) {
	e := newEdge(t, nil)
	for i, c := range []struct {
		query, more string
		profile     bool
	}{
		{"", "", true},
		{"?profile_less=true", "", false},
		{"?profile_less=1", `,"profile_less":false`, false},
		{"", `,"profile_less":true`, false},
		{"?profile_less=false", `,"profile_less":true`, true},
	} {
		r := e.taken(e.send("POST", "/track"+c.query, payload("shop", fmt.Sprint("less-", i), c.more)))
		if (r.Profile.ID != nil) != c.profile {
			t.Errorf("%q with %q: profile %v", c.query, c.more, r.Profile.ID)
		}
	}
	e.refused(e.send("POST", "/track?profile_less=maybe", payload("shop", "s", "")), 422, "invalid", `["query","profile_less"]`)
}

func TestTrackOptions(t *testing.T) {
	e := newEdge(t, nil)
	without := `{"source":{"id":"shop"},"session":{"id":"s1"},"events":[]}`
	if a := e.send("POST", "/track", without); a.status != 200 || a.text != "null" {
		t.Errorf("without events: %d %s", a.status, a.text)
	}
	if a := e.send("POST", "/track", `{"source":{"id":"later"}}`); a.status != 200 || a.text != "null" {
		t.Errorf("without events, queued: %d %s", a.status, a.text)
	}
	if stored := e.found(storage.Sessions, ""); len(stored) != 0 {
		t.Errorf("payloads without events left %s", stored)
	}
	r := e.taken(e.send("POST", "/track", payload("shop", "s2", `,"options":{"saveSession":false}`)))
	if r.Session.ID != nil || r.Profile.ID == nil {
		t.Errorf("without its session: %+v", r)
	}
	r = e.taken(e.send("POST", "/track", payload("shop", "s3", `,"options":{"debugger":true}`)))
	if len(r.Events) != 4 { // its own and the system's three
		t.Errorf("event ids %q, want 4", r.Events)
	}
	for _, id := range r.Events {
		e.event(`id = "` + id + `"`)
	}
	if r = e.taken(e.send("POST", "/track", `{"source":{"id":"shop"},"events":[{"type":"a"}]}`)); r.Session.ID == nil || r.Profile.ID == nil {
		t.Errorf("a payload without a session got %+v", r)
	}
}
