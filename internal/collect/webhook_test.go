package collect_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/storage"
)

// multiform makes a form with parts and a file.
func multiform(t *testing.T, values ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(values); i += 2 {
		if err := w.WriteField(values[i], values[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("attachment", "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write([]byte("not kept")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func TestWebhook(t *testing.T) {
	e := newEdge(t, nil)
	multi, multiType := multiform(t, "a", "1", "a", "2", "b", "x")
	const form = "application/x-www-form-urlencoded"
	for i, c := range []struct {
		name, method, query, body string
		headers                   []string
		want                      string
	}{
		{"query", "GET", "?a=1&b=x%20y&a=2", "", nil, `{"a":["1","2"],"b":"x y"}`},
		{"query of signs that browsers send as they are", "GET", "?a=100%&b=1;2&c=%zz+%41%4", "", nil, `{"a":"100%","b":"1;2","c":"%zz A%4"}`},
		{"nothing", "GET", "", "", nil, `{}`},
		{"JSON", "POST", "?ignored=1", `{"a":{"b":[1,null]}}`, []string{"Content-Type", "application/json"}, `{"a":{"b":[1,null]}}`},
		{"JSON of no type", "POST", "", `{"a":1}`, nil, `{"a":1}`},
		{"empty body", "POST", "", "", []string{"Content-Type", "application/json"}, `{}`},
		{"form", "POST", "", "a=1&b=x+y&a=2", []string{"Content-Type", form + "; charset=utf-8"}, `{"a":["1","2"],"b":"x y"}`},
		{"form that is no text", "POST", "", "a=%ff&%ff=1", []string{"Content-Type", form}, "{\"a\":\"\ufffd\",\"\ufffd\":\"1\"}"},
		{"form of half escapes", "POST", "", "a=%zz&b=%", []string{"Content-Type", form}, `{"a":"%zz","b":"%"}`},
		{"compressed form", "POST", "", zip(t, strings.NewReader("a=1")), []string{"Content-Type", form, "Content-Encoding", "gzip"}, `{"a":"1"}`},
		{"multipart", "POST", "", multi, []string{"Content-Type", multiType}, `{"a":["1","2"],"b":"x"}`},
		{"compressed multipart", "POST", "", zip(t, strings.NewReader(multi)), []string{"Content-Type", multiType, "Content-Encoding", "gzip"}, `{"a":["1","2"],"b":"x"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			kind := fmt.Sprintf("hooked-%d", i)
			r := e.taken(e.send(c.method, "/collect/"+kind+"/hook"+c.query, c.body, c.headers...))
			if r.Profile.ID != nil || r.Session.ID != nil {
				t.Errorf("a call without a session got %+v", r)
			}
			event := e.event(`type = "` + kind + `"`)
			if got := string(event.Properties.AppendJSON(nil)); got != c.want {
				t.Errorf("properties %s, want %s", got, c.want)
			}
			if event.Source.ID != "hook" || event.Session.ID != "" || event.Profile.ID != "" || !event.Metadata.ProfileLess {
				t.Errorf("event %+v", event)
			}
		})
	}
	e.t = t
	if sessions := e.found(storage.Sessions, ""); len(sessions) != 0 {
		t.Errorf("sessions are kept: %s", sessions)
	}
}

func TestWebhookSession(t *testing.T) {
	e := newEdge(t, nil)
	first := e.taken(e.send("POST", "/collect/order-paid/hook/visit-1", `{"n":1}`))
	second := e.taken(e.send("GET", "/collect/order-sent/hook/visit-1?n=2", ""))
	if first.Profile.ID == nil || second.Profile.ID == nil || *first.Profile.ID != *second.Profile.ID || *first.Session.ID != "visit-1" {
		t.Errorf("one session gave %+v and %+v", first, second)
	}
	if sessions := e.found(storage.Sessions, `id = "visit-1"`); len(sessions) != 1 {
		t.Errorf("sessions %s", sessions)
	}
	e.event(`type = "order-sent" AND session.id = "visit-1" AND profile.id = "` + *first.Profile.ID + `"`)
}

func TestWebhookNamesTheProfile(t *testing.T) {
	e := newEdge(t, nil)
	call := func(source, customer, session string) reply {
		t.Helper()
		path := "/collect/order-paid/" + source
		if session != "" {
			path += "/" + session
		}
		return e.taken(e.send("POST", path, `{"customer":{"id":`+customer+`}}`))
	}
	one, again, other := call("sticky", `"ann"`, ""), call("sticky", `"ann"`, ""), call("sticky", `"bob"`, "")
	if *one.Profile.ID != "ann" || *again.Profile.ID != "ann" || *other.Profile.ID != "bob" {
		t.Errorf("profiles %q, %q, %q", *one.Profile.ID, *again.Profile.ID, *other.Profile.ID)
	}
	if *one.Session.ID != *again.Session.ID || *one.Session.ID == *other.Session.ID {
		t.Errorf("sessions %q, %q, %q: want one for each profile", *one.Session.ID, *again.Session.ID, *other.Session.ID)
	}
	if given := call("sticky", `"ann"`, "mine"); *given.Session.ID != "mine" {
		t.Errorf("the session of the address became %q", *given.Session.ID)
	}
	loose, looser := call("loose", "17", ""), call("loose", "17", "")
	if *loose.Profile.ID != "17" || *looser.Profile.ID != "17" || *loose.Session.ID == *looser.Session.ID {
		t.Errorf("without sticky sessions: %+v and %+v", loose, looser)
	}
	if big := call("loose", "12345678901", ""); *big.Profile.ID != "12345678901" {
		t.Errorf("a number became the profile %q", *big.Profile.ID)
	}
	for _, unusable := range []string{`null`, `""`, `{"a":1}`, `[1]`, `"` + strings.Repeat("x", 201) + `"`} {
		if r := call("sticky", unusable, ""); r.Profile.ID != nil {
			t.Errorf("%s became the profile %q", unusable, *r.Profile.ID)
		}
	}
}

func TestWebhookRefuses(t *testing.T) {
	e := newEdge(t, func(o *collect.Options) {
		o.Limits = collect.Limits{Body: 5000, Plain: 10_000, Events: 3, Depth: 5, Keys: 60, Text: 500}
	})
	const form = "application/x-www-form-urlencoded"
	long := strings.Repeat("x", 501)
	multi, multiType := multiform(t, "a", long)
	huge, hugeType := multiform(t, "a", strings.Repeat(long, 12))
	for _, c := range []struct {
		name, path, body, contentType, kind, place string
		status                                     int
	}{
		{"broken JSON", "/collect/a/hook", `{"a":`, "application/json", "invalid", `["body","a"]`, 422},
		{"no JSON", "/collect/a/hook", `hello`, "application/json", "invalid", `["body"]`, 422},
		{"a list", "/collect/a/hook", `[1]`, "application/json", "invalid", `["body"]`, 422},
		{"a text", "/collect/a/hook", `"x"`, "text/plain", "invalid", `["body"]`, 422},
		{"deep", "/collect/a/hook", `{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}`, "", "too_large", `["body","a","a","a","a","a"]`, 413},
		{"broken multipart", "/collect/a/hook", "--x\r\nContent-Disp", "multipart/form-data; boundary=x", "invalid", `["body"]`, 422},
		{"multipart without a boundary", "/collect/a/hook", "--x\r\n", "multipart/form-data", "invalid", `["body"]`, 422},
		{"long text in a form", "/collect/a/hook", "a=" + long, form, "too_large", `["body","a"]`, 413},
		{"long text in a multipart", "/collect/a/hook", multi, multiType, "too_large", `["body","a"]`, 413},
		{"many names in a form", "/collect/a/hook", many(61).Encode(), form, "too_large", `["body"]`, 413},
		{"many parts", "/collect/a/hook", strings.Repeat("--x\r\n\r\n\r\n", 61) + "--x--\r\n", "multipart/form-data; boundary=x", "too_large", `["body"]`, 413},
		{"large multipart", "/collect/a/hook", huge, hugeType, "too_large", `["body"]`, 413},
		{"large JSON", "/collect/a/hook", `{"a":"` + strings.Repeat(long, 12) + `"}`, "", "too_large", `["body"]`, 413},
		{"long text in the query", "/collect/a/hook?a=" + long, "", "GET", "too_large", `["query","a"]`, 413},
		{"blank type", "/collect/%20/hook", "", "", "invalid", `["path","type"]`, 422},
		{"long type", "/collect/" + long[:201] + "/hook", "", "", "invalid", `["path","type"]`, 422},
		{"type that is no text", "/collect/%ff/hook", "", "", "invalid", `["path","type"]`, 422},
		{"session that is no text", "/collect/a/hook/%ff", "", "", "invalid", `["path","session"]`, 422},
		{"long session", "/collect/a/hook/" + long[:201], "", "", "invalid", `["path","session"]`, 422},
		{"unknown source", "/collect/a/nobody", "", "", "unauthenticated", `["path","source"]`, 401},
		{"disabled source", "/collect/a/off", "", "", "unauthenticated", `["path","source"]`, 401},
		{"source of another kind", "/collect/a/shop", "", "", "unauthenticated", `["path","source"]`, 401},
		{"the system's own source", "/collect/a/@internal", "", "", "unauthenticated", `["path","source"]`, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			method := "POST"
			if c.contentType == "GET" {
				method, c.contentType = "GET", ""
			}
			e.refused(e.send(method, c.path, c.body, "Content-Type", c.contentType), c.status, c.kind, c.place)
		})
	}
	e.t = t
	if events := e.found(storage.Events, ""); len(events) != 0 {
		t.Errorf("refused calls are stored: %s", events)
	}
}

func many(n int) url.Values {
	values := url.Values{}
	for i := range n {
		values.Set(fmt.Sprint("n", i), "1")
	}
	return values
}

func TestPixel(t *testing.T) {
	e := newEdge(t, nil)
	a := e.send("GET", "/pixel/mail-opened/hook?campaign=spring", "")
	if a.status != 200 || a.header.Get("Content-Type") != "image/gif" || a.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(a.text, "GIF89a") {
		t.Errorf("pixel: %d %v %q", a.status, a.header, a.text)
	}
	if got := string(e.eventProperties(`type = "mail-opened"`)); got != `{"campaign":"spring"}` {
		t.Errorf("properties %s", got)
	}
	e.send("GET", "/pixel/mail-read/hook/visit-7", "")
	e.event(`type = "mail-read" AND session.id = "visit-7" AND profile.id EXISTS`)
	e.refused(e.send("GET", "/pixel/mail-read/nobody", ""), 401, "unauthenticated", `["path","source"]`)
}

func (e *edge) eventProperties(query string) []byte {
	e.t.Helper()
	event := e.event(query)
	return event.Properties.AppendJSON(nil)
}

func TestRedirect(t *testing.T) {
	e := newEdge(t, nil)
	follow := func(method, path, body, want string, headers ...string) {
		t.Helper()
		a := e.send(method, path, body, headers...)
		if a.status != 302 || a.header.Get("Location") != want || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d to %q, %v: %s", method, path, a.status, a.header.Get("Location"), a.header, a.text)
		}
	}
	known := e.taken(e.send("POST", "/track", payload("shop", "visit-1", "")))
	const spring = "https://shop.example/spring?a=1"
	follow("GET", "/redirect/spring?c=mail-1", "", spring)
	event := e.event(`properties.campaign = "mail-1"`)
	if diff := cmp.Diff(map[string]any{"campaign": "mail-1", "fixed": 7.0, "order": nil}, event.Properties.Map()); diff != "" {
		t.Errorf("properties: %s", diff)
	}
	if event.Type != "link-clicked" || event.Source.ID != "links" || event.Profile.ID != "" || len(event.Tags) != 1 || event.Tags[0] != "mail" {
		t.Errorf("event %+v", event)
	}
	for i, c := range []struct{ method, path, body, cookie string }{
		{"GET", "/redirect/spring/visit-1", "", ""},
		{"GET", "/redirect/spring", "", "tracardi-session-id=visit-1"},
		{"GET", "/redirect/spring/visit-1", "", "tracardi-session-id=visit-2"},
		{"POST", "/redirect/spring", `{"order":"A-1"}`, "tracardi-session-id=visit-1"},
		{"PUT", "/redirect/spring", `{"order":"A-2"}`, "tracardi-session-id=visit-1"},
		{"DELETE", "/redirect/spring", ``, "tracardi-session-id=visit-1"},
	} {
		follow(c.method, fmt.Sprintf("%s?c=known-%d", c.path, i), c.body, spring, "Cookie", c.cookie)
		event := e.event(fmt.Sprintf(`properties.campaign = "known-%d"`, i))
		if event.Profile.ID != *known.Profile.ID {
			t.Errorf("%+v: profile %q, want the session's %q", c, event.Profile.ID, *known.Profile.ID)
		}
		if strings.Contains(c.body, "order") && event.Properties.Text("order") != c.body[10:13] {
			t.Errorf("%+v: order %q", c, event.Properties.Text("order"))
		}
	}
	follow("GET", "/redirect/plain", "", "https://shop.example/")
	if sessions := e.found(storage.Sessions, ""); len(sessions) != 1 {
		t.Errorf("redirects made sessions: %s", sessions)
	}
	if message := e.refused(e.send("GET", "/redirect/nothing", ""), 404, "", ""); !strings.Contains(message, `"nothing"`) {
		t.Errorf("the error does not name the redirect: %s", message)
	}
	e.refused(e.send("GET", "/redirect/wrong", ""), 401, "unauthenticated", `["path","redirect"]`)
	e.refused(e.send("GET", "/redirect/plain/"+strings.Repeat("x", 201), ""), 422, "invalid", `["path","session"]`)
	e.refused(e.send("GET", "/redirect/plain/%ff", ""), 422, "invalid", `["path","session"]`)
	e.refused(e.send("POST", "/redirect/spring", "{"), 422, "invalid", `["body"]`)
}
