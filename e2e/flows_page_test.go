package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// request is a request of docs/flows.md.
type request struct{ method, path, body string }

// journey reads the example of docs/flows.md, whose basket is left alone for another time.
func journey(t *testing.T, alone string) (requests []request) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "docs", "flows.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```json ([A-Z]+) (\\S+)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		requests = append(requests, request{block[1], block[2], strings.ReplaceAll(block[3], `"timeout": "2h"`, fmt.Sprintf(`"timeout": %q`, alone))})
	}
	if all := strings.Count(string(page), "```") / 2; len(requests) != all || all < 4 {
		t.Fatalf("%d of %d snippets are requests", len(requests), all)
	}
	return requests
}

type tested struct {
	Ended string
	Runs  []struct {
		Status string
		Nodes  map[string][]struct{ Note string }
	}
}

// TestFlowsPage sends the requests of docs/flows.md, and turns the clock of its test: of two hours, and of thirty days.
func TestFlowsPage(t *testing.T) {
	p := start(t, t.TempDir())
	p.must("POST", "/api/v1/sources", `{"id": "shop", "name": "Shop", "types": ["rest"]}`, nil)
	p.must("POST", "/api/v1/resources", `{"id": "mail", "name": "Mail", "type": "smtp", "settings": {"host": "mail.example.com"}}`, nil)
	const path = "/api/v1/flows/abandoned-basket/test"
	for _, r := range journey(t, "2h") {
		var answer tested
		p.must(r.method, r.path, r.body, &answer)
		if r.path != path {
			continue
		}
		if answer.mails() != 1 || answer.Ended != "2026-03-02T12:00:00Z" {
			t.Errorf("the test says %+v", answer)
		}
	}
	for _, c := range []struct {
		name, alone, events, consents, ended string
		mails                                int
	}{
		{"thirty days", "30 days", "", `{"mail": {"revoke": null}}`, "2026-04-01T10:00:00Z", 1},
		{"thirty days, without consent", "30 days", "", `{}`, "2026-04-01T10:00:00Z", 0},
		{"a consent that is over by then", "30 days", "", `{"mail": {"revoke": "2026-03-20T10:00:00Z"}}`, "2026-04-01T10:00:00Z", 0},
		{"an order on the last day", "30 days", `, {"type": "order-completed", "at": "29 days"}`, `{"mail": {"revoke": null}}`, "", 0},
		{"an order a day late", "30 days", `, {"type": "order-completed", "at": "31 days"}`, `{"mail": {"revoke": null}}`, "", 1},
	} {
		draft := journey(t, c.alone)[0]
		p.must("PUT", "/api/v1/flows/abandoned-basket", draft.body, nil)
		var answer tested
		p.must("POST", path, fmt.Sprintf(`{"events": [{"type": "basket-updated", "at": "2026-03-02T10:00:00Z", "properties": {"email": "ann@example.com"}}%s],
			"profile": {"consents": %s}}`, c.events, c.consents), &answer)
		if answer.mails() != c.mails || c.ended != "" && answer.Ended != c.ended {
			t.Errorf("%s: %+v", c.name, answer)
		}
	}
	if n := count(p, "events"); n != 0 {
		t.Errorf("tests stored %d events", n)
	}
}

func (a *tested) mails() (n int) {
	for _, run := range a.Runs {
		n += len(run.Nodes["mail"])
	}
	return n
}

// original is a flow as the original exports it.
const original = `{"id": "0d1c", "name": "Old", "flowGraph": {
	"nodes": [
		{"id": "n0", "position": {"x": 1, "y": 2}, "data": {"start": true, "spec": {"className": "StartAction",
			"module": "tracardi.process_engine.action.v1.flow.start.start_action", "init": {}}, "metadata": {"name": "Start"}}},
		{"id": "n1", "position": {"x": 3, "y": 4}, "data": {"spec": {"className": "IfAction",
			"module": "tracardi.process_engine.action.v1.if_action", "init": {"condition": "event@properties.n > 1"}}, "metadata": {"name": "More?"}}},
		{"id": "n2", "position": {"x": 5, "y": 6}, "data": {"spec": {"className": "CopyTraitAction",
			"module": "tracardi.process_engine.action.v1.traits.copy_trait_action",
			"init": {"traits": {"set": {"profile@traits.many": "event@properties.n"}}}}, "metadata": {"name": "Copy"}}}],
	"edges": [{"id": "e1", "source": "n0", "sourceHandle": "payload", "target": "n1", "targetHandle": "payload"},
		{"id": "e2", "source": "n1", "sourceHandle": "true", "target": "n2", "targetHandle": "payload"}]}}`

// TestOriginalsFlow imports a flow of the original and lets events run it. One with a node that nobody knows leaves nothing behind.
func TestOriginalsFlow(t *testing.T) {
	p := start(t, t.TempDir())
	p.must("POST", "/api/v1/sources", `{"id": "shop", "name": "Shop", "types": ["rest"]}`, nil)
	status, text := p.ask("POST", "/api/v1/flows/import", strings.Replace(original, "traits.copy_trait_action", "traits.never_heard_of", 1))
	if status != 422 {
		t.Errorf("an unknown node: %d", status)
	}
	contains(t, text, "never_heard_of", "Copy")
	if _, list := p.ask("GET", "/api/v1/flows", ""); !strings.Contains(list, `"items":[]`) {
		t.Errorf("half a flow is there: %s", list)
	}
	p.must("POST", "/api/v1/flows/import", original, nil)
	p.must("POST", "/api/v1/flows/0d1c/publish", `{"note": "from the original"}`, nil)
	p.must("POST", "/api/v1/triggers", `{"name": "Old", "flow": "0d1c", "event_type": "purchase", "source": "shop"}`, nil)
	for _, n := range []int{1, 5} {
		p.must("POST", "/track", fmt.Sprintf(`{"source": {"id": "shop"}, "session": {"id": "s%d"}, "events": [{"type": "purchase", "properties": {"n": %d}}]}`, n, n), nil)
	}
	var profiles struct {
		Items []struct{ Traits map[string]any }
	}
	await(t, "a profile that the flow changed", func() bool {
		p.must("GET", "/api/v1/profiles?q=traits.many+EXISTS", "", &profiles)
		return len(profiles.Items) > 0
	})
	if len(profiles.Items) != 1 || profiles.Items[0].Traits["many"] != 5.0 {
		t.Errorf("profiles %+v", profiles)
	}
}
