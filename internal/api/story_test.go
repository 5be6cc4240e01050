package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/auth"
)

// web is a house with a source.
func web(t *testing.T) *house {
	h := open(t)
	h.as(auth.Admin).send("POST", "/sources", `{"id":"web","name":"Shop","types":["rest"],"channel":"Web"}`).wants(http.StatusCreated)
	h.as(auth.Admin).send("POST", "/sources", `{"id":"off","name":"Off","types":["rest"],"enabled":false}`).wants(http.StatusCreated)
	return h
}

// track sends a payload the way visitors do.
func (h *house) track(body string) {
	h.t.Helper()
	mux := http.NewServeMux()
	h.collector.Routes(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(h.t.Context(), "POST", "http://cdp.example/track", strings.NewReader(body)))
	if w.Code != http.StatusOK {
		h.t.Fatalf("track: %d %s", w.Code, w.Body)
	}
}

type story struct {
	Received struct {
		Source      struct{ ID, Name string }
		Channel, IP string
	}
	Checked struct {
		Valid, Known bool
		TypeName     string `json:"type_name"`
	}
	Mapped   []mapping
	Identity struct{ How, Profile, Today, Name string }
	Session  *struct{ ID string }
	Stored   struct {
		Status, Instance string
		Milliseconds     float64
	}
}

type mapping struct {
	Target, From, To, Operation string
	Value, Former               any
	Superseded                  bool
	By                          string
}

func (s *story) to(field string) mapping {
	for _, m := range s.Mapped {
		if m.Target == "profile" && m.To == field {
			return m
		}
	}
	return mapping{}
}

func (c *client) story(id string) (s story) {
	c.t.Helper()
	c.send("GET", "/events/"+id+"/story", "").wants(http.StatusOK, `"flows":[`, `"destinations":[`).read(&s)
	return s
}

func TestStory(t *testing.T) {
	h := web(t)
	h.track(`{"source":{"id":"web"},"session":{"id":"s1"},"events":[{"id":"first","type":"identification","properties":{"email":{"main":"ann@example.com"},"firstname":"Ann"}}]}`)
	h.track(`{"source":{"id":"web"},"session":{"id":"s1"},"events":[{"id":"second","type":"identification","properties":{"firstname":"Anna"}}]}`)
	c := h.as(auth.Admin)

	first, second := c.story("first"), c.story("second")
	if first.Received.Source.Name != "Shop" || first.Received.Channel != "Web" || first.Received.IP == "" {
		t.Errorf("received: %+v", first.Received)
	}
	if !first.Checked.Valid || !first.Checked.Known || first.Checked.TypeName == "" {
		t.Errorf("checked: %+v", first.Checked)
	}
	if first.Identity.How != "new" || second.Identity.How != "session" || first.Identity.Profile != second.Identity.Profile {
		t.Errorf("identity: %+v, then %+v", first.Identity, second.Identity)
	}
	if first.Identity.Name != "Anna" || first.Identity.Today != first.Identity.Profile || first.Session.ID != "s1" {
		t.Errorf("today: %+v in %+v", first.Identity, first.Session)
	}
	if m := first.to("data.contact.email.main"); m.Value != "ann@example.com" || m.From == "" || m.Superseded {
		t.Errorf("the address: %+v in %+v", m, first.Mapped)
	}
	if m := first.to("data.pii.firstname"); !m.Superseded || m.By != "second" || m.Value != "Ann" {
		t.Errorf("the name of then: %+v", m)
	}
	if m := second.to("data.pii.firstname"); m.Superseded || m.Former != "Ann" || m.Value != "Anna" {
		t.Errorf("the name of today: %+v", m)
	}
	if second.Stored.Status != "collected" || second.Stored.Instance != "test" || second.Stored.Milliseconds <= 0 {
		t.Errorf("stored: %+v", second.Stored)
	}

	h.track(`{"source":{"id":"web"},"session":{"id":"s9"},"profile":{"id":"` + first.Identity.Profile + `"},"events":[{"id":"claimed","type":"x"}]}`)
	h.track(`{"source":{"id":"web"},"profile_less":true,"events":[{"id":"nobody","type":"x"}]}`)
	if s := c.story("claimed"); s.Identity.How != "claim" || s.Checked.Known {
		t.Errorf("claimed: %+v %+v", s.Identity, s.Checked)
	}
	if s := c.story("nobody"); s.Identity.How != "nobody" || s.Identity.Profile != "" {
		t.Errorf("nobody: %+v", s.Identity)
	}
	c.send("GET", "/events/none/story", "").wants(http.StatusNotFound)
}

type trial struct {
	Accepted bool
	Refused  *struct{ Stage, Field, Message string }
	Source   struct{ ID, Name string }
	Stages   []struct {
		Name    string
		Changes []struct {
			Document, Path string
			Before, After  any
		}
	}
	Identity         string
	Repeated         int
	Events           []struct{ ID, Type string }
	Session, Profile *struct {
		Before, After map[string]any
		Stored        bool
	}
	Answer struct{ Profile struct{ ID string } }
}

func (c *client) try(body string) (tr trial) {
	c.t.Helper()
	c.send("POST", "/events/test", body).wants(http.StatusOK).read(&tr)
	return tr
}

// change finds what a stage did to a field.
func (tr *trial) change(stage, document, path string) (before, after any) {
	for _, s := range tr.Stages {
		for _, c := range s.Changes {
			if s.Name == stage && c.Document == document && c.Path == path {
				return c.Before, c.After
			}
		}
	}
	return nil, nil
}

func TestTrial(t *testing.T) {
	h := web(t)
	c := h.as(auth.Developer)
	body := `{"source":{"id":"web"},"session":{"id":"s1"},"events":[{"id":"e1","type":"identification","properties":{"email":{"main":"ann@example.com"},"firstname":"Ann"}}]}`
	got := c.try(body)
	if !got.Accepted || got.Source.Name != "Shop" || got.Identity != "new" || got.Answer.Profile.ID == "" {
		t.Errorf("got %+v", got)
	}
	var types []string
	for _, e := range got.Events {
		types = append(types, e.Type)
	}
	if diff := cmp.Diff([]string{"identification", "profile-created", "visit-started", "session-opened"}, types); diff != "" {
		t.Error(diff)
	}
	if _, after := got.change("predefined types", "profile", "data.pii.firstname"); after != "Ann" {
		t.Errorf("the name is not told: %+v", got.Stages)
	}
	if !got.Profile.Stored || got.Profile.Before != nil || got.Profile.After["id"] == "" || got.Session.After["id"] != "s1" {
		t.Errorf("got %+v and %+v", got.Profile, got.Session)
	}
	for _, path := range []string{"/events", "/sessions", "/profiles"} {
		c.send("GET", path, "").wants(http.StatusOK, `"total":0`)
	}

	h.track(body)
	if again := c.try(body); again.Repeated != 1 || len(again.Events) != 0 {
		t.Errorf("what is stored already: %+v", again)
	}
	next := c.try(strings.NewReplacer("e1", "e2", `"Ann"`, `"Anna"`).Replace(body))
	if before, after := next.change("predefined types", "profile", "data.pii.firstname"); before != "Ann" || after != "Anna" || next.Identity != "session" {
		t.Errorf("the new name: %v, %v, %s", before, after, next.Identity)
	}
	if next.Profile.Before["id"] != next.Profile.After["id"] {
		t.Errorf("got %+v", next.Profile)
	}
	c.send("GET", "/profiles", "").wants(http.StatusOK, `"total":1`, `"firstname":"Ann"`)
	h.track(strings.Replace(body, "e1", "e3", 1)) // the trial has left nothing behind that hinders
	c.send("GET", "/events/e3", "").wants(http.StatusOK)

	less := c.try(`{"source":{"id":"web"},"profile_less":true,"events":[{"type":"x"}]}`)
	if !less.Accepted || less.Profile != nil || less.Identity != "nobody" {
		t.Errorf("without a profile: %+v", less)
	}
	for id, word := range map[string]string{"off": "disabled", "none": "no event source"} {
		if got := c.try(`{"source":{"id":"` + id + `"},"events":[{"type":"x"}]}`); got.Accepted || got.Refused == nil || got.Refused.Stage != "source" || !strings.Contains(got.Refused.Message, word) {
			t.Errorf("%s: got %+v", id, got.Refused)
		}
	}
	c.send("POST", "/events/test", `{"source":`).wants(http.StatusBadRequest, `"location":"body"`)
	for body, location := range map[string]string{
		`{"source":{"id":"web"},"events":[{}]}`: "body.events[0].type",
		`{"events":[{"type":"x"}]}`:             "body.source.id",
		`{"source":{"id":"web"}}`:               "body.events",
	} {
		c.send("POST", "/events/test", body).wants(http.StatusUnprocessableEntity, `"location":"`+location)
	}
}
