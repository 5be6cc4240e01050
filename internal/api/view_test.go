package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/auth"
)

func TestSettings(t *testing.T) {
	h := open(t)
	admin, viewer := h.as(auth.Admin), h.as(auth.Viewer)
	viewer.send("GET", "/settings", "").wants(http.StatusOK, `"personal_data":["admin","developer","marketer"]`, `"version":0`)
	a := admin.send("PUT", "/settings", `{"name":"Shop","time_zone":"Europe/Warsaw","language":"pl","personal_data":["admin"]}`).wants(http.StatusOK, `"version":1`)
	viewer.send("GET", "/settings", "").wants(http.StatusOK, `"name":"Shop"`, `"time_zone":"Europe/Warsaw"`, `"language":"pl"`, `"personal_data":["admin"]`)
	if got := h.workspace.Snapshot(tenant).General(); got.Name != "Shop" || cmp.Diff([]string{"admin"}, got.PersonalData) != "" {
		t.Errorf("the snapshot has %+v", got)
	}
	admin.with("If-Match", a.header.Get("ETag")).send("PUT", "/settings", a.body).wants(http.StatusOK, `"version":2`)
	admin.with("If-Match", a.header.Get("ETag")).send("PUT", "/settings", a.body).wants(http.StatusPreconditionFailed)
	for body, location := range map[string]string{
		`{"personal_data":["viewer"]}`:                                          "body.personal_data",
		`{"personal_data":["admin","boss"]}`:                                    "body.personal_data[1]",
		`{"personal_data":["admin"],"time_zone":"Mars/Olympus"}`:                "body.time_zone",
		`{"personal_data":["admin"],"time_zone":"Local"}`:                       "body.time_zone",
		`{"personal_data":["admin"],"language":"xx"}`:                           "body.language",
		`{"personal_data":["admin"],"colour":"red"}`:                            "body.colour",
		`{"personal_data":["admin"],"name":"` + strings.Repeat("x", 101) + `"}`: "body.name",
		`{"name":"Shop"}`: "body.personal_data",
	} {
		admin.send("PUT", "/settings", body).wants(http.StatusUnprocessableEntity, `"location":"`+location+`"`)
	}
}

func TestViews(t *testing.T) {
	h := open(t)
	for _, role := range auth.Roles() {
		h.user(string(role)+"@example.com", role)
	}
	as := func(role auth.Role) *client { return h.session(string(role) + "@example.com") }
	viewer, marketer := as(auth.Viewer), as(auth.Marketer)

	mine := viewer.send("POST", "/views", `{"name":"Sales","page":"events","q":"type = purchase","from":"-7d","columns":["type","properties.value"]}`).
		wants(http.StatusCreated, `"columns":["type","properties.value"]`, `"version":1`).fields()
	path := "/views/" + mine["id"].(string)
	viewer.send("POST", "/views", `{"name":"All","page":"events","shared":true}`).wants(http.StatusForbidden)
	viewer.send("PATCH", path, `{"shared":true}`).wants(http.StatusForbidden)
	ours := marketer.send("POST", "/views", `{"name":"Ours","page":"profiles","shared":true}`).wants(http.StatusCreated).fields()
	shared := "/views/" + ours["id"].(string)

	viewer.send("GET", "/views", "").wants(http.StatusOK, `"name":"Sales"`, `"name":"Ours"`)
	if a := viewer.send("GET", "/views?page=profiles", "").wants(http.StatusOK, `"name":"Ours"`); strings.Contains(a.body, "Sales") {
		t.Errorf("got %s", a.body)
	}
	if a := as(auth.Admin).send("GET", "/views", "").wants(http.StatusOK, `"name":"Ours"`); strings.Contains(a.body, "Sales") {
		t.Errorf("an administrator sees a personal view: %s", a.body)
	}
	// What was read can be sent back, and keeps its owner.
	back := marketer.send("GET", "/views", "").fields()["items"].([]any)[0].(map[string]any)
	back["name"], back["owner"] = "Ours too", "somebody"
	marketer.send("PUT", shared, encoded(t, back)).wants(http.StatusOK, `"name":"Ours too"`, fmt.Sprintf(`"owner":%q`, ours["owner"]))

	as(auth.Developer).send("PATCH", shared, `{"name":"x"}`).wants(http.StatusForbidden)
	as(auth.Developer).send("DELETE", shared, "").wants(http.StatusForbidden)
	as(auth.Admin).send("PATCH", path, `{"name":"x"}`).wants(http.StatusNotFound)
	as(auth.Admin).send("DELETE", path, "").wants(http.StatusNotFound)
	as(auth.Admin).send("PATCH", shared, `{"name":"Ours three"}`).wants(http.StatusOK, fmt.Sprintf(`"owner":%q`, ours["owner"]))
	for body, location := range map[string]string{
		`{"name":"x","page":"moon"}`:                     "body.page",
		`{"name":"","page":"events"}`:                    "body.name",
		`{"name":"x","page":"events","q":"type = ("}`:    "body.q",
		`{"name":"x","page":"events","from":"soonish"}`:  "body.from",
		`{"name":"x","page":"events","columns":[1]}`:     "body.columns[0]",
		`{"name":"x","page":"profiles","q":"event@a=1"}`: "body.q",
	} {
		viewer.send("POST", "/views", body).wants(http.StatusUnprocessableEntity, `"location":"`+location+`"`)
	}
	// What somebody saved for themselves goes with them; what they shared stays.
	for _, role := range []auth.Role{auth.Viewer, auth.Marketer} {
		h.must(deleteUser(h, string(role)+"@example.com"))
	}
	as(auth.Admin).send("GET", "/views", "").wants(http.StatusOK, `"name":"Ours three"`)
	if _, err := h.config.Get(t.Context(), tenant, "view", mine["id"].(string)); err == nil {
		t.Error("the view of a deleted user is still there")
	}
}

func deleteUser(h *house, email string) error {
	users, err := h.guard.Users(h.t.Context(), tenant)
	for _, user := range users {
		if user.Email == email {
			h.as(auth.Admin).send("DELETE", "/users/"+user.ID, "").wants(http.StatusNoContent)
		}
	}
	return err
}

func TestViewsAreBounded(t *testing.T) {
	h := open(t)
	c := h.as(auth.Viewer)
	for i := range 200 {
		c.send("POST", "/views", fmt.Sprintf(`{"name":"v%d","page":"events"}`, i)).wants(http.StatusCreated)
	}
	c.send("POST", "/views", `{"name":"more","page":"events"}`).wants(http.StatusRequestEntityTooLarge, "200 views")
	h.as(auth.Viewer).send("POST", "/views", `{"name":"of another","page":"events"}`).wants(http.StatusCreated)
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
