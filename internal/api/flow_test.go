package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/internal/api"
	"github.com/tracardi/tracardi-go/internal/auth"
	"github.com/tracardi/tracardi-go/internal/flow"
	"github.com/tracardi/tracardi-go/internal/flow/flowtest"
	"github.com/tracardi/tracardi-go/storage"

	_ "github.com/tracardi/tracardi-go/nodes"
)

func drawing(t *testing.T, text string) string {
	t.Helper()
	body, err := json.Marshal(flowtest.Draw(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestDraftAndLive(t *testing.T) {
	h := open(t)
	c := h.as(auth.Marketer)
	first := drawing(t, "s control.start\na try.pass\ns.payload -> a")
	c.send("POST", "/flows", `{"id": "f", "name": "First", "draft": `+first+`}`).wants(http.StatusCreated, `"version":1`)
	c.send("POST", "/triggers", `{"name": "t", "flow": "f", "event_type": "page-view"}`).wants(http.StatusCreated, `"enabled":true`)
	c.send("POST", "/flows/f/publish", `{"note": "begin"}`).wants(http.StatusOK, `"live":{"version":1`, `"changed":false`)
	if live := h.workspace.Snapshot(tenant).Flows.For("page-view"); len(live) != 1 || live[0].Runs.Version != 1 {
		t.Fatalf("live: %v", live)
	}
	second := drawing(t, "s control.start\nb control.if {\"condition\": \"profile@\"}\ns.payload -> b")
	c.send("PATCH", "/flows/f", `{"draft": `+second+`}`).wants(http.StatusOK, `control.if`)
	c.send("GET", "/flows/f", "").wants(http.StatusOK, `"changed":true`, `"live":{"version":1`)
	c.send("POST", "/flows/f/publish", "").wants(http.StatusUnprocessableEntity, "body.draft.nodes.b.config.condition")
	if live := h.workspace.Snapshot(tenant).Flows.For("page-view"); live[0].Runs.Version != 1 {
		t.Errorf("editing touched what runs")
	}
	third := drawing(t, "s control.start\nb control.if {\"condition\": \"profile@id EXISTS\"}\ns.payload -> b")
	c.send("PATCH", "/flows/f", `{"draft": `+third+`, "name": "Third"}`).wants(http.StatusOK)
	c.send("GET", "/flows/f/diff", "").wants(http.StatusOK, `"added":["b"]`, `"removed":["a"]`)
	c.send("POST", "/flows/f/publish", `{}`).wants(http.StatusOK, `"live":{"version":2`)
	c.send("GET", "/flows/f/versions", "").wants(http.StatusOK, `"note":"begin"`, `"number":2,"name":"Third"`)
	c.send("GET", "/flows/f/diff?from=1&to=2", "").wants(http.StatusOK, `"added":["b"]`)
	c.send("POST", "/flows/f/versions/1/restore", "").wants(http.StatusOK, `"id":"a"`, `"changed":true`)
	c.send("GET", "/flows", "").wants(http.StatusOK, `"nodes":[]`, `"changed":true`)
	c.send("DELETE", "/flows/f", "").wants(http.StatusConflict, "unpublish")
	c.send("POST", "/flows/f/unpublish", "").wants(http.StatusOK, `"cancelled":0`)
	if live := h.workspace.Snapshot(tenant).Flows.For("page-view"); len(live) != 0 {
		t.Errorf("an unpublished flow runs")
	}
	c.send("DELETE", "/flows/f", "").wants(http.StatusConflict, "trigger")
	var list struct{ Items []struct{ ID string } }
	c.send("GET", "/triggers", "").wants(http.StatusOK).read(&list)
	c.send("DELETE", "/triggers/"+list.Items[0].ID, "").wants(http.StatusNoContent)
	c.send("DELETE", "/flows/f", "").wants(http.StatusNoContent)
	c.send("GET", "/flows/f/versions", "").wants(http.StatusNotFound)
}

func TestDrawingsAreChecked(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	cycle := drawing(t, "s control.start\na try.pass\nb try.pass\ns.payload -> a\na.payload -> b\nb.payload -> a")
	c.send("POST", "/flows", `{"name": "x", "draft": `+cycle+`}`).wants(http.StatusUnprocessableEntity, "part of a cycle", "body.draft.nodes.a")
	c.send("POST", "/flows/check", cycle).wants(http.StatusOK, "part of a cycle", `"runs":false`)
	half := drawing(t, "a try.nothing {\"x\": 1}\nb try.put")
	c.send("POST", "/flows", `{"name": "half done", "draft": `+half+`}`).wants(http.StatusCreated)
	c.send("POST", "/flows/check", half).wants(http.StatusOK, "no kind of node", `"field":"config.name"`)
	for body, want := range map[string]string{
		`{"name": "t", "flow": "none"}`:                                           "body.flow",
		`{"name": "t", "flow": "f", "condition": "a ="}`:                          "body.condition",
		`{"name": "t", "flow": "f", "schedule": {}}`:                              "body.schedule",
		`{"name": "t", "flow": "f", "schedule": {"cron": "61 * * * *"}}`:          "body.schedule.cron",
		`{"name": "t", "flow": "f", "schedule": {"cron": "0 0 30 2 *"}}`:          "never comes",
		`{"name": "t", "flow": "f", "schedule": {"every": "10s"}}`:                "body.schedule.every",
		`{"name": "t", "flow": "f", "schedule": {"every": "1h"}, "source": "s"}`:  "body.schedule",
		`{"name": "t", "flow": "f", "schedule": {"cron": "@daily", "zone": "X"}}`: "body.schedule.zone",
		`{"name": "t", "flow": "f", "after": {"flow": "f"}}`:                      "body.after.flow",
		`{"name": "t", "flow": "f", "source": "none"}`:                            "body.source",
	} {
		c.send("POST", "/triggers", body).wants(http.StatusUnprocessableEntity, want)
	}
}

// TestFormlessDrawings sends drawings of which some parts are not even what a drawing is made of: each is named by the id of its node,
// together with what else is wrong.
func TestFormlessDrawings(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	const graph = `{"nodes": [
		{"id": "s", "type": "control.start", "switches": {"skip": "yes", "retry": {"times": 99}}},
		{"id": "a", "type": "try.put", "switches": {"on_error": "never", "bogus": 1}, "config": {"x": 1}}, {"id": "b", "type": 7}, 5],
		"edges": [{"id": "1", "from": "s", "port": "payload", "to": 9}]}`
	c.send("POST", "/flows", `{"id": "f", "name": "F"}`).wants(http.StatusCreated)
	const cannotBe = http.StatusUnprocessableEntity
	for _, request := range []struct{ method, path, body, place string }{
		{"POST", "/flows", `{"name": 1, "draft": ` + graph + `}`, "body.draft"},
		{"PUT", "/flows/f", `{"name": "F", "draft": ` + graph + `}`, "body.draft"},
		{"PATCH", "/flows/f", `{"draft": ` + graph + `}`, "body.draft"},
		{"POST", "/flows/import", `{"name": "F", "graph": ` + graph + `}`, "body.graph"},
	} {
		var problem api.Problem
		c.send(request.method, request.path, request.body).wants(cannotBe).read(&problem)
		var got []string
		for _, fault := range problem.Errors {
			got = append(got, strings.TrimPrefix(fault.Location, request.place))
		}
		for _, want := range []string{
			".nodes.s.switches.skip", ".nodes.s.switches.retry.times", ".nodes.a.switches.on_error", ".nodes.a.switches.bogus",
			".nodes.a.config.x", ".nodes.b.type", ".edges.1.to", ".nodes[3]",
		} {
			if !slices.Contains(got, want) {
				t.Errorf("%s %s: %q are named, and %s is not", request.method, request.path, got, want)
			}
		}
		if request.method == "POST" && request.path == "/flows" && !slices.Contains(got, "body.name") {
			t.Errorf("the name is not named beside the drawing: %q", got)
		}
	}
	var checked api.GraphCheck
	c.send("POST", "/flows/check", graph).wants(http.StatusOK).read(&checked)
	got := map[string]bool{}
	for _, problem := range checked.Problems {
		got[problem.Node+problem.Edge+" "+problem.Field] = true
	}
	for _, want := range []string{"s switches.skip", "s switches.retry.times", "a switches.on_error", "a switches.bogus", "a config.x", "b type", "1 to", " nodes[3]"} {
		if !got[want] || checked.Runs {
			t.Errorf("check names %v (it runs: %v), and not %q", got, checked.Runs, want)
		}
	}
	c.send("POST", "/flows/check", `[]`).wants(cannotBe, "body")
	var exported json.RawMessage
	c.send("GET", "/flows/f/export", "").wants(http.StatusOK).read(&exported)
	c.send("POST", "/flows/import", string(exported)).wants(http.StatusCreated)
}

func TestTriggersAskForWhatComesIn(t *testing.T) {
	h := open(t)
	admin, c := h.as(auth.Admin), h.as(auth.Marketer)
	for id, name := range map[string]string{"shop": "My shop", "one": "Twin", "two": "Twin"} {
		admin.send("POST", "/sources", fmt.Sprintf(`{"id": %q, "name": %q, "types": ["rest"]}`, id, name)).wants(http.StatusCreated)
	}
	c.send("POST", "/flows", `{"id": "f", "name": "F"}`).wants(http.StatusCreated)
	for given, want := range map[string][2]string{
		`"event_type": "Page View"`:                                     {"page-view", ""},
		`"event_type": "*", "source": "*"`:                              {"", ""},
		`"source": "My shop"`:                                           {"", "shop"},
		`"event_type": "buy", "source": " shop "`:                       {"buy", "shop"},
		`"source": "@internal"`:                                         {"", "@internal"},
		`"schedule": {"every": "1h"}, "event_type": "*", "source": "*"`: {"", ""},
	} {
		var got struct {
			EventType string `json:"event_type"`
			Source    string `json:"source"`
		}
		c.send("POST", "/triggers", `{"name": "t", "flow": "f", `+given+`}`).wants(http.StatusCreated).read(&got)
		if got.EventType != want[0] || got.Source != want[1] {
			t.Errorf("%s: asks for %q of %q, want %q of %q", given, got.EventType, got.Source, want[0], want[1])
		}
	}
	c.send("POST", "/triggers", `{"name": "t", "flow": "f", "source": "Twin"}`).wants(http.StatusUnprocessableEntity, "body.source", "2 sources")
}

const oldFlow = `{"id": "0d1c", "name": "Old", "flowGraph": {
	"nodes": [
		{"id": "n0", "position": {"x": 1, "y": 2}, "data": {"start": true, "spec": {"className": "StartAction",
			"module": "tracardi.process_engine.action.v1.flow.start.start_action", "init": {}}, "metadata": {"name": "Start"}}},
		{"id": "n1", "position": {"x": 3, "y": 4}, "data": {"spec": {"className": "IfAction",
			"module": "tracardi.process_engine.action.v1.if_action", "init": {"condition": "event@properties.n > 1"}}, "metadata": {"name": "More?"}}},
		{"id": "n2", "position": {"x": 5, "y": 6}, "data": {"spec": {"className": "EndAction",
			"module": "tracardi.process_engine.action.v1.end_action", "init": {}}, "metadata": {"name": "End"}}}],
	"edges": [{"id": "e1", "source": "n0", "sourceHandle": "payload", "target": "n1", "targetHandle": "payload"},
		{"id": "e2", "source": "n1", "sourceHandle": "true", "target": "n2", "targetHandle": "payload"}]}}`

func TestImportedFlowRuns(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	c.send("POST", "/flows/import", strings.Replace(oldFlow, "v1.end_action", "v1.no_action", 1)).wants(http.StatusUnprocessableEntity, `"End\" (tracardi`)
	c.send("GET", "/flows", "").wants(http.StatusOK, `"items":[]`)
	var imported struct {
		Flow     struct{ ID string }
		Problems []flow.Mistake
	}
	c.send("POST", "/flows/import", oldFlow).wants(http.StatusCreated).read(&imported)
	if imported.Flow.ID != "0d1c" || len(imported.Problems) > 0 {
		t.Fatalf("%+v", imported)
	}
	exported := c.send("GET", "/flows/0d1c/export", "").wants(http.StatusOK, `"name":"More?"`, `"x":3`)
	var before, after flow.Document
	exported.read(&before)
	c.send("POST", "/flows/import", exported.body).wants(http.StatusCreated).read(&imported)
	c.send("GET", "/flows/"+imported.Flow.ID+"/export", "").wants(http.StatusOK).read(&after)
	after.ID = before.ID
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("export and import (-before +after):\n%s", diff)
	}
	c.send("POST", "/flows/0d1c/test", `{"events": [{"type": "page-view", "properties": {"n": 2}}]}`).
		wants(http.StatusOK, `"n2":[{"node":"n2"`, `"status":"done"`)
	c.send("POST", "/flows/0d1c/publish", `{"note": "from the original"}`).wants(http.StatusOK)
}

func TestFlowOnEvents(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	c.send("POST", "/flows", `{"id": "f", "name": "Basket", "draft": `+drawing(t, `
		s control.start
		w try.wait {"for": "30 days", "event": "order-completed"}
		m try.act
		r try.answer {"key": "mailed", "value": "payload@example", "log": "look"}
		o try.change {"set": {"profile@traits.ordered": "payload@event.properties.n"}}
		s.payload -> w
		w.payload -> m
		m.payload -> r
		w.matched -> o`)+`}`).wants(http.StatusCreated)
	began := time.Now()
	c.send("POST", "/flows/f/test", `{"events": [{"type": "basket-updated", "at": "2026-01-01T10:00:00Z"}]}`).
		wants(http.StatusOK, `"mailed":true`, `"note":"pinned"`, `"ended":"2026-01-31T10:00:00Z"`, `"message":"look"`)
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("thirty days took %v", took)
	}
	c.send("POST", "/flows/f/test", `{"events": [{"type": "basket-updated"}, {"type": "order-completed", "at": "2h", "properties": {"n": 7}}]}`).
		wants(http.StatusOK, `"ordered":7`, `"response":{}`)
	c.send("POST", "/flows/f/test", `{"events": [{"type": "x"}], "start": {"node": "m"}, "pins": {"m": {"port": "payload", "payload": {"example": "pinned"}}}}`).
		wants(http.StatusOK, `"mailed":"pinned"`)
	c.send("POST", "/flows/f/test", `{"events": [{"type": "x"}], "pins": {"m": {"port": "no"}}}`).wants(http.StatusUnprocessableEntity, "body.pins.m")
	graph := drawing(t, "s control.start\na try.put {\"name\": \"x\", \"value\": 5, \"memory\": true}\nb try.put {\"name\": \"y\", \"value\": 6}\ns.payload -> a\na.payload -> b")
	c.send("POST", "/flows/f/test", `{"events": [{"type": "x"}], "graph": `+graph+`}`).wants(http.StatusOK, `"memory":{"x":5}`, `"measures":{"puts":1}`, `"b":[{"node":"b"`)
	c.send("POST", "/flows/f/test", `{"events": [{"id": "none"}]}`).wants(http.StatusUnprocessableEntity, "body.events[0].id")
	h.write(tenant, storage.Profiles, time.Now(), `{"id": "p1", "ids": ["p1"], "active": true, "traits": {"a": 1}}`)
	h.write(tenant, storage.Events, time.Now(), `{"id": "e1", "type": "basket-updated", "profile": {"id": "p1"}, "source": {"id": "shop"}, "properties": {}}`)
	c.send("POST", "/flows/f/test", `{"events": [{"id": "e1"}]}`).wants(http.StatusOK, `"id":"p1"`, `"a":1`, `"mailed":true`)
	for _, collection := range []storage.Collection{storage.Runs, storage.Logs, storage.Sessions} {
		if n, err := h.store.Count(t.Context(), tenant, collection, storage.Query{}); n != 0 || err != nil {
			t.Errorf("the tests stored %d of %s, %v", n, collection, err)
		}
	}
}

func TestNodeTypes(t *testing.T) {
	h := open(t)
	h.as(auth.Marketer).send("GET", "/node-types", "").
		wants(http.StatusOK, `"id":"control.if"`, `"x-widget"`, `"doc":"Goes on`, `"group":{"id":"control"`, `"examples":[{"name":"a returning customer"`)
}

// TestRunsAreFiltered lists runs by what the parameters of the address say: each alone, together, and beside a query.
func TestRunsAreFiltered(t *testing.T) {
	h := open(t)
	c := h.as(auth.Developer)
	for _, run := range []string{"a f done p1", "b f failed p1", "c g done p1", "d f done p2", "e g waiting p2"} {
		part := strings.Fields(run)
		h.write(tenant, storage.Runs, time.Now(), fmt.Sprintf(`{"id": %q, "flow": {"id": %q}, "status": %q, "profile": {"id": %q}}`, part[0], part[1], part[2], part[3]))
	}
	for parameters, want := range map[string]string{
		"": "abcde", "?flow=f": "abd", "?status=done": "acd", "?profile=p1": "abc", "?flow=none": "", "?status=cancelled": "",
		"?flow=f&status=done": "ad", "?flow=f&status=done&profile=p2": "d", "?status=done&q=" + url.QueryEscape(`flow.id = "g" OR profile.id = "p2"`): "cd",
	} {
		var page struct{ Items []struct{ ID string } }
		c.send("GET", "/runs"+parameters, "").wants(http.StatusOK).read(&page)
		var ids []string
		for _, item := range page.Items {
			ids = append(ids, item.ID)
		}
		slices.Sort(ids)
		if got := strings.Join(ids, ""); got != want {
			t.Errorf("runs%s: %q, want %q", parameters, got, want)
		}
	}
	var first, second struct {
		Items []struct{ ID string }
		Next  string
	}
	c.send("GET", "/runs?status=done&limit=2", "").wants(http.StatusOK).read(&first)
	c.send("GET", "/runs?status=done&limit=2&cursor="+url.QueryEscape(first.Next), "").wants(http.StatusOK).read(&second)
	if len(first.Items) != 2 || len(second.Items) != 1 || second.Next != "" {
		t.Errorf("pages of two: %v, %v", first, second)
	}
	c.send("GET", "/runs?status=sleeping", "").wants(http.StatusUnprocessableEntity, "query.status")
}

// TestRunsShowTheirLog gets a run with what its nodes noted, and nothing that others did for the same event.
func TestRunsShowTheirLog(t *testing.T) {
	h := open(t)
	began := time.Now()
	h.write(tenant, storage.Runs, began, `{"id": "r", "flow": {"id": "f"}, "status": "done", "event": {"id": "e"}}`)
	for i, run := range []string{"r", "other", "r"} {
		h.write(tenant, storage.Logs, began.Add(time.Duration(i)*time.Second),
			fmt.Sprintf(`{"id": "l%d", "level": "info", "message": "line %d", "event_id": "e", "run_id": %q, "node_id": "n%d"}`, i, i, run, i))
	}
	var run struct {
		Log []struct {
			Message string
			Node    string `json:"node_id"`
		}
	}
	h.as(auth.Developer).send("GET", "/runs/r", "").wants(http.StatusOK).read(&run)
	if got, want := fmt.Sprint(run.Log), "[{line 0 n0} {line 2 n2}]"; got != want {
		t.Errorf("the log of the run: %s, want %s", got, want)
	}
}
