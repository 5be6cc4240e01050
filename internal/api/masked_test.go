package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/eventtype"
	"github.com/tracardi/tracardi-go/internal/personal"
	"github.com/tracardi/tracardi-go/storage"
)

// unmistakable is in every personal value of the person of these tests.
const unmistakable = "Unmistakable"

// grow puts a value into a tree, unless something else is in its way.
func grow(tree map[string]any, value string, path ...string) {
	for ; len(path) > 1; path = path[1:] {
		if tree[path[0]] == nil {
			tree[path[0]] = map[string]any{}
		}
		inner, ok := tree[path[0]].(map[string]any)
		if !ok {
			return
		}
		tree = inner
	}
	if tree[path[0]] == nil {
		tree[path[0]] = value
	}
}

// properties are those of an event of a type. The values that come to personal fields, there or later, cannot be mistaken.
func properties(t *eventtype.Type) map[string]any {
	tree, n := map[string]any{}, 0
	put := func(secret bool, path ...string) {
		value := fmt.Sprintf("plain %d", n)
		if n++; secret {
			value = fmt.Sprintf("%s %s %d", unmistakable, t.ID, n)
		}
		grow(tree, value, path...)
	}
	for _, c := range t.Copy {
		if len(c.From) > 1 && c.From[0] == "properties" && c.From[1] != "location" && personal.Path(c.To...) {
			put(true, c.From[1:]...)
		}
	}
	for _, p := range t.Properties {
		if path := strings.Split(p.Path, "."); path[0] != "location" {
			put(personal.Path(append([]string{"properties"}, path...)...), path...)
		}
	}
	return tree
}

// somebody is a house in which one person has left everything that the platform knows to be personal.
func somebody(t *testing.T) (h *house, profile string) {
	h = web(t)
	c := h.as(auth.Admin)
	c.send("POST", "/flows", `{"id": "f", "name": "Basket", "draft": `+drawing(t, `
		s control.start
		w try.wait {"for": "30 days", "event": "never"}
		m try.answer {"key": "greeting", "value": "event@properties.firstname", "log": "look"}
		s.payload -> m
		m.payload -> w`)+`}`).wants(http.StatusCreated)
	c.send("POST", "/triggers", `{"name": "t", "flow": "f", "event_type": "identification"}`).wants(http.StatusCreated)
	c.send("POST", "/flows/f/publish", `{}`).wants(http.StatusOK)
	c.send("POST", "/views", `{"name": "hers", "page": "profiles", "shared": true, "q": "data.pii.firstname = \"Unmistakable\""}`).wants(http.StatusCreated)
	c.send("POST", "/views", `{"name": "theirs", "page": "profiles", "shared": true, "q": "active = TRUE"}`).wants(http.StatusCreated)
	for _, typ := range eventtype.All() {
		tree := properties(typ)
		tree["note"], tree["First Name"] = "write to Unmistakable@example.com", unmistakable
		tree["shop_email"], tree["raw"] = map[string]any{"at work": []string{unmistakable}}, `{"phone":"Unmistakable"}`
		tree["page_url"] = "https://shop.example/?firstname=Unmistakable"
		body, err := json.Marshal(tree)
		h.must(err)
		h.track(fmt.Sprintf(`{"source":{"id":"web"},"session":{"id":"s1"},"context":{"page":{"url":"https://shop.example/?firstname=Unmistakable"}},
			"events":[{"id":"e-%s","type":%q,"properties":%s,"context":{"ip":"Unmistakable"}}]}`, typ.ID, typ.ID, body))
	}
	var event struct{ Profile struct{ ID string } }
	c.send("GET", "/events/e-identification", "").wants(http.StatusOK).read(&event)
	h.write(tenant, storage.Entities, time.Now(), `{"id":"thing","type":"x","profile":{"id":"`+event.Profile.ID+`"},"properties":{"owner_email":"Unmistakable"}}`)
	h.write(tenant, storage.Runs, time.Now(), `{"id":"run","status":"failed","flow":{"id":"f","name":"Basket","version":1},"event":{"id":"e-identification","type":"x"},
		"failure":"no Unmistakable","trace":"[{\"node\":\"m\",\"input\":{\"greeting\":\"Hello Unmistakable\"},\"at\":\"2026-01-01T00:00:00Z\",\"error\":\"no Unmistakable\",`+
		`\"results\":[{\"port\":\"payload\",\"payload\":{\"greeting\":\"Hello Unmistakable\"}}]}]"}`)
	h.deadLetter(`{"greeting":"Unmistakable"}`, `no JSON of Unmistakable`)
	return h, event.Profile.ID
}

// deadLetter puts messages aside.
func (h *house) deadLetter(bodies ...string) {
	h.t.Helper()
	ctx, stop := context.WithCancel(h.t.Context())
	handled := make(chan struct{}, len(bodies))
	for i, body := range bodies {
		h.must(h.store.Queue().Publish(ctx, tenant, storage.Message{Topic: topic, ID: fmt.Sprint("dead", i), Body: []byte(body)}))
	}
	ended := make(chan error)
	go func() {
		ended <- h.store.Queue().Consume(ctx, topic, storage.Consume{}, func(context.Context, *storage.Lease) storage.Verdict {
			handled <- struct{}{}
			return storage.Dead("nobody reads Unmistakable")
		})
	}()
	for range bodies {
		<-handled
	}
	stop()
	h.must(<-ended)
}

// bodies are what is sent to routes that look at data of people when they are asked to.
var bodies = map[string]string{
	"POST /events/test":     `{"source":{"id":"web"},"session":{"id":"s1"},"events":[{"type":"identification","properties":{"firstname":"Anna","email":{"main":"Unmistakable 2"}}}]}`,
	"POST /flows/{id}/test": `{"events":[{"id":"e-identification"}]}`,
}

// asked is a request for a route that is made to tell about the person.
func asked(t *testing.T, c *client, r api.Route, profile, query string) *answer {
	area, _, _ := strings.Cut(strings.TrimPrefix(r.Path, "/"), "/")
	id, known := map[string]string{
		"events": "e-identification", "sessions": "s1", "profiles": profile, "entities": "thing", "runs": "run", "flows": "f",
		"erasures": "none", "users": "none", "tokens": "none", "sources": "web", "redirects": "none", "views": "none", "triggers": "none", "resources": "none",
	}[area]
	if strings.Contains(r.Path, "{id}") && !known {
		t.Fatalf("%s: name something of the person for this test", r.Path)
	}
	path := strings.NewReplacer("{id}", id, "{field}", "id", "{topic}", topic, "{version}", "1").Replace(r.Path) + query
	body, named := bodies[r.Method+" "+r.Path]
	if r.Method != "GET" && r.Method != "DELETE" && !named {
		body = "{}"
	}
	return c.send(r.Method, path, body)
}

// changing are the routes that would end the test's session or the person, or need what no test has.
func changing(r api.Route) bool {
	return r.Path == "/logout/everywhere" || r.Path == "/logout" || r.Method == "DELETE" || r.Path == "/settings" && r.Method == "PUT" ||
		strings.HasSuffix(r.Path, "/replay") || strings.HasSuffix(r.Path, "/unpublish")
}

// TestPersonalDataStays walks every route with every role and looks for the person's data in the bytes of the answers.
func TestPersonalDataStays(t *testing.T) {
	h, profile := somebody(t)
	close(h.closing) // ends streams; what they send is looked at below
	admin := h.as(auth.Admin)
	found := 0
	for _, r := range api.Routes() {
		if !changing(r) && strings.Contains(asked(t, admin, r, profile, "").body, unmistakable) {
			found++
		}
	}
	if found < 19 {
		t.Errorf("the person is in the answers of %d routes only: this test would not see much", found)
	}
	admin.send("PUT", "/settings", `{"personal_data":["admin"]}`).wants(http.StatusOK)
	for _, role := range []auth.Role{auth.Developer, auth.Marketer, auth.Viewer} {
		c := h.as(role)
		for _, r := range api.Routes() {
			if changing(r) {
				continue
			}
			queries := []string{""}
			if strings.HasSuffix(r.Path, "/export") && r.Path != "/flows/{id}/export" {
				queries = []string{"?format=csv&fields=id,data,data.pii.firstname,traits,properties,metadata,context", "?format=json", "?format=jsonl"}
			}
			if strings.HasSuffix(r.Path, "/suggest") {
				queries = []string{"", "?q=data", "?q=properties.", "?q=properties.note%20%3D%20", "?q=data.pii.firstname%20%3D%20", "?q=properties.page_url%20%3D%20"}
			}
			for _, query := range queries {
				a := asked(t, c, r, profile, query)
				if at := strings.Index(a.body, unmistakable); at >= 0 {
					t.Errorf("%s gets from %s: …%s", role, a.what, a.body[max(0, at-200):min(len(a.body), at+80)])
				}
				if a.status >= 500 {
					t.Errorf("%s got %d from %s: %s", role, a.status, a.what, a.body)
				}
			}
		}
	}
}

func TestTopValuesOfFreeFieldsAreMasked(t *testing.T) {
	h, _ := somebody(t)
	c := h.as(auth.Viewer)
	for _, path := range []string{"/events/top/properties.note", "/events/top/properties.page_url", "/events/histogram?group_by=properties.note"} {
		h.as(auth.Admin).send("GET", path, "").wants(http.StatusOK, unmistakable)
		if a := c.send("GET", path, "").wants(http.StatusOK); strings.Contains(a.body, unmistakable) {
			t.Errorf("%s tells %s", path, a.body)
		}
	}
}

// TestNobodyGuessesPersonalData tries to learn by questions what answers do not hold.
func TestNobodyGuessesPersonalData(t *testing.T) {
	h, profile := somebody(t)
	c, admin := h.as(auth.Viewer), h.as(auth.Marketer)
	const asks = "data.pii.firstname STARTS WITH \"U\""
	for _, path := range []string{
		query("/profiles", "q", asks), query("/profiles", "q", "active = TRUE AND NOT ("+asks+")"), query("/profiles", "sort", "data.pii.firstname"),
		query("/profiles", "q", `metadata.fields["data.pii.firstname"].2 = "x"`),
		query("/profiles", "q", `lowercase(data.contact.email.main) = "x"`),
		query("/profiles/count", "q", asks), query("/events", "q", "properties.email.main = \"x\""), query("/events", "sort", "-metadata.ip"),
		query("/profiles/histogram", "group_by", "data.pii.lastname"), query("/profiles/histogram", "q", asks),
		"/profiles/top/data.pii.firstname", "/profiles/top/data", query("/profiles/top/id", "q", asks), "/profiles/top/...",
		query("/events/live", "q", "properties.shop_email EXISTS"), query("/profiles/"+profile+"/timeline", "q", "properties.firstname EXISTS"),
		query("/runs", "q", "trace CONTAINS \"U\""), query("/sessions", "q", "device.geo.latitude > 50"),
	} {
		a := c.send("GET", path, "").wants(http.StatusForbidden, "your role viewer", `"errors":[{"location":"`)
		if !strings.Contains(a.body, "query.") && !strings.Contains(a.body, "path.field") {
			t.Errorf("%s does not name the part: %s", path, a.body)
		}
		if strings.Contains(path, "/live") {
			continue // goes on and on for those who may
		}
		if a := admin.send("GET", path, ""); a.status == http.StatusForbidden {
			t.Errorf("%s is refused to marketers: %s", path, a.body)
		}
	}
	c.send("GET", query("/profiles", "q", asks), "").wants(http.StatusForbidden, "data.pii.firstname is personal data", `"location":"query.q"`)
	c.send("GET", query("/events", "q", `context.page.url = "x@example.com"`), "").wants(http.StatusForbidden, "looks like personal data")
	c.send("GET", "/profiles/x@example.com", "").wants(http.StatusForbidden, `"location":"path.id"`)
	c.send("POST", "/views", `{"name":"v","page":"profiles","q":"data.pii.firstname = 1"}`).wants(http.StatusForbidden, "body.q")
	c.send("GET", query("/profiles", "q", "active = TRUE", "sort", "-metadata.time.update"), "").wants(http.StatusOK, personal.Dots)
}

func TestWhoSeesPersonalDataIsToldAndSet(t *testing.T) {
	h, profile := somebody(t)
	for role, sees := range map[auth.Role]bool{auth.Admin: true, auth.Developer: true, auth.Marketer: true, auth.Viewer: false} {
		c := h.as(role)
		c.send("GET", "/me", "").wants(http.StatusOK, fmt.Sprintf(`"personal_data":%v`, sees))
		body := c.send("GET", "/profiles/"+profile, "").wants(http.StatusOK).body
		if strings.Contains(body, unmistakable) != sees || strings.Contains(body, personal.Dots) == sees {
			t.Errorf("%s: %s", role, body)
		}
		views := c.send("GET", "/views", "").wants(http.StatusOK, "theirs").body
		if strings.Contains(views, `"hers"`) != sees {
			t.Errorf("%s: %s", role, views)
		}
	}
	h.user("viewer@example.com", auth.Viewer)
	h.stranger().send("POST", "/login", `{"email":"viewer@example.com","password":"`+password+`"}`).wants(http.StatusOK, `"personal_data":false`)
	h.as(auth.Admin).send("PUT", "/settings", `{"personal_data":["admin","viewer"]}`).wants(http.StatusOK)
	h.as(auth.Viewer).send("GET", "/profiles/"+profile, "").wants(http.StatusOK, unmistakable)
	h.as(auth.Marketer).send("GET", "/me", "").wants(http.StatusOK, `"personal_data":false`)
}

// TestLiveEventsAreMasked also takes the right away while the stream runs.
func TestLiveEventsAreMasked(t *testing.T) {
	h := web(t)
	event := func(id string) {
		h.write(tenant, storage.Events, time.Now(), `{"id":"`+id+`","type":"x","properties":{"firstname":"Unmistakable"}}`)
	}
	viewer, marketer := h.as(auth.Viewer).watch("/events/live"), h.as(auth.Marketer).watch("/events/live")
	event("one")
	next := func(w *watching) string {
		for {
			if m := w.next(); m.data != "" {
				return m.data
			} else if m == (message{}) {
				return ""
			}
		}
	}
	if data := next(viewer); strings.Contains(data, unmistakable) || !strings.Contains(data, personal.Dots) {
		t.Errorf("a viewer sees %s", data)
	}
	if data := next(marketer); !strings.Contains(data, unmistakable) {
		t.Errorf("a marketer sees %s", data)
	}
	h.as(auth.Admin).send("PUT", "/settings", `{"personal_data":["admin"]}`).wants(http.StatusOK)
	if data := next(marketer); data != "" {
		t.Errorf("the stream goes on with %s", data)
	}
}
