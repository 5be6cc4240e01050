package control_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/control"
)

func TestNodes(t *testing.T) {
	nodetest.Group(t, "control", func(_ *testing.T, _ *node.Type, f *nodetest.Flow) {
		rome := sha256.Sum256([]byte(`"Rome"`))
		f.Shared["change/flow-1/city/profile-1"] = nodetest.Kept{Value: string(rome[:])}
		f.Shared["if/flow-1/payload@a%20=%202/profile-1"] = nodetest.Kept{Value: "true"}
		f.Shared["limiter/mail/bob@example.com"] = nodetest.Kept{Value: "3"}
	})
}

// run configures a node and runs it in the flow.
func run(t *testing.T, f *nodetest.Flow, id, config, port, payload string) node.Output {
	t.Helper()
	n, err := node.Lookup(id).Configure([]byte(config))
	if err != nil {
		t.Fatal(err)
	}
	out, err := n.Run(t.Context(), f.Input(t, port, payload))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ports runs a node and lists where it goes on.
func ports(t *testing.T, f *nodetest.Flow, id, config, payload string) (names []string) {
	t.Helper()
	for _, result := range run(t, f, id, config, "payload", payload).Results {
		names = append(names, result.Port)
	}
	return names
}

func TestChangeForgets(t *testing.T) {
	f := nodetest.NewFlow()
	const config = `{"name": "n", "value": "payload@v", "ttl": "1h"}`
	for _, step := range []struct {
		payload string
		later   time.Duration
		want    string
	}{
		{`{"v": {"a": 1, "b": 2}}`, 0, "pass"},
		{`{"v": {"b": 2, "a": 1}}`, 59 * time.Minute, "stop"},
		{`{"v": "x"}`, 0, "pass"},
		{`{"v": "x"}`, time.Hour, "pass"},
	} {
		f.Time = f.Time.Add(step.later)
		if got := ports(t, f, "control.change", config, step.payload); !cmp.Equal(got, []string{step.want}) {
			t.Errorf("%s: got %v, want %s", step.payload, got, step.want)
		}
	}
}

func TestLimiterCounts(t *testing.T) {
	f := nodetest.NewFlow()
	const config = `{"keys": ["a/b", "payload@k"], "limit": 2, "ttl": 60}`
	for i, step := range []struct {
		payload string
		later   time.Duration
		want    string
	}{
		{`{"k": "x"}`, 0, "pass"},
		{`{"k": "x"}`, 30 * time.Second, "pass"},
		{`{"k": "x"}`, 0, "block"},
		{`{"k": "y"}`, 0, "pass"},
		{`{"k": "x"}`, 30 * time.Second, "pass"}, // a minute after the first
	} {
		f.Time = f.Time.Add(step.later)
		if got := ports(t, f, "control.limiter", config, step.payload); !cmp.Equal(got, []string{step.want}) {
			t.Errorf("%d: got %v, want %s", i, got, step.want)
		}
	}
	if got := ports(t, f, "control.limiter", `{"keys": ["a", "b", "x"], "limit": 1}`, ""); !cmp.Equal(got, []string{"pass"}) {
		t.Errorf("other keys that look alike: got %v", got)
	}
}

func TestEventsAreSentAfterTheWait(t *testing.T) {
	for id, config := range map[string]string{
		"control.wait":       `{"event_type": "later", "wait": "1h", "properties": {"a": "payload@a"}}`,
		"control.background": `{"event_type": "later", "properties": {"a": "payload@a"}}`,
		"control.postpone":   `{"event_type": "later", "postpone": "1h", "properties": {"a": "payload@a"}}`,
	} {
		f := nodetest.NewFlow()
		wait := run(t, f, id, config, "payload", `{"a": 1}`).Wait
		if wait == nil || !wait.Again || len(f.Raised) > 0 {
			t.Fatalf("%s: waits %+v, sent %v", id, wait, f.Raised)
		}
		run(t, f, id, config, wait.Result.Port, `{"a": 1}`)
		if len(f.Raised) != 1 || f.Raised[0].Type != "later" || !cmp.Equal(f.Raised[0].Properties.Map(), map[string]any{"a": 1.0}) {
			t.Errorf("%s: sent %v", id, f.Raised)
		}
	}
}

func TestWaitsForMatches(t *testing.T) {
	wait := run(t, nodetest.NewFlow(), "control.wait-for-event",
		`{"event_type": {"id": "order"}, "condition": "event@properties.total > 1"}`, "payload", `{}`).Wait
	if wait.EventType != "order" || wait.Condition.String() != "event@properties.total > 1" || wait.Again {
		t.Errorf("got %+v", wait)
	}
	wait = run(t, nodetest.NewFlow(), "control.wait-for-condition", `{"condition": "profile@traits.a = 1"}`, "payload", `{}`).Wait
	if wait.EventType != "" || wait.Condition.String() != "profile@traits.a = 1" || wait.Matched != "true" {
		t.Errorf("got %+v", wait)
	}
}

func TestBackgroundGoesOnAtOnce(t *testing.T) {
	wait := run(t, nodetest.NewFlow(), "control.background", `{}`, "payload", `{"a": 1}`).Wait
	if !wait.Until.IsZero() || wait.Again || wait.Result.Port != "payload" || !cmp.Equal(wait.Result.Payload, map[string]any{"a": 1.0}) {
		t.Errorf("got %+v", wait)
	}
}

func TestLogNotesItsLevel(t *testing.T) {
	f := nodetest.NewFlow()
	for _, level := range []string{"info", "warning", "error"} {
		run(t, f, "control.log", `{"type": "`+level+`", "message": "{{payload@a}}!"}`, "payload", `{"a": 1}`)
	}
	if !cmp.Equal(f.Logged, []string{"INFO 1!", "WARN 1!", "ERROR 1!"}) {
		t.Errorf("got %v", f.Logged)
	}
}

func TestSettingsThatDontFit(t *testing.T) {
	for id, config := range map[string]string{
		"control.profile-conditions": `{"conditions": {"event@type": "payload@a = 1"}}`,
		"control.wait-until":         `{"date": "tomorrow", "offset": "soon"}`,
		"control.limiter":            `{"keys": []}`,
		"control.wait-for-event":     `{}`,
	} {
		if _, err := node.Lookup(id).Configure([]byte(config)); err == nil {
			t.Errorf("%s takes %s", id, config)
		}
	}
}

func TestImportOfJSONText(t *testing.T) {
	_, config, ok, err := node.Import("com_tracardi.action.v1.wait.plugin", "SomeClass",
		map[string]any{"wait": 60.0, "event_type": map[string]any{"id": "", "name": ""}, "properties": `{"a": "payload@a"}`})
	if err != nil || !ok || string(config) != `{"event_type":{"id":"","name":""},"properties":{"a":"payload@a"},"wait":60}` {
		t.Errorf("got %s, %v, %v", config, ok, err)
	}
}
