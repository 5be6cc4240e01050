package node_test

import (
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// TestWhatNodesMayChange looks at which places of documents are the system's own. Tests of nodes are told the same as flows.
func TestWhatNodesMayChange(t *testing.T) {
	for _, c := range []struct {
		source, path string
		value        any
		may          bool
	}{
		{"profile", "traits.a", 1.0, true},
		{"profile", "metadata.aux.a", "x", true},
		{"profile", "metadata.status", "x", true},
		{"profile", "metadata.system.integrations.shop", map[string]any{"id": "5"}, true},
		{"profile", "metadata.time.segmentation", nil, true},
		{"profile", "metadata.time.segmentation", "2026-03-02T10:30:00Z", false},
		{"profile", "metadata.time.insert", nil, false},
		{"profile", "metadata.system.waiting", nil, false},
		{"profile", "metadata", nil, false},
		{"profile", "id", "x", false},
		{"profile", "ids", []any{"x"}, false},
		{"session", "traits.a", 1.0, true},
		{"session", "profile.id", "x", false},
		{"session", "metadata.time.duration", 1.0, false},
		{"event", "properties.a", 1.0, true},
		{"event", "metadata.aux.a", 1.0, true},
		{"event", "source.id", "x", false},
		{"event", "session", nil, false},
		{"payload", "a", 1.0, false},
		{"source", "name", "x", false},
	} {
		err := node.CheckChange(c.source, expr.MustPath(c.path), c.value)
		if inTest := nodetest.NewFlow().Change(c.source, expr.MustPath(c.path), c.value); (err == nil) != c.may || (inTest == nil) != c.may {
			t.Errorf("%s@%s to %v: %v, in tests %v; want it to be possible: %v", c.source, c.path, c.value, err, inTest, c.may)
		}
		if err != nil && tracardi.KindOf(err) != tracardi.Invalid {
			t.Errorf("%s@%s: %v is not Invalid", c.source, c.path, err)
		}
	}
	for path, value := range map[string]any{"stats.visits": "many", "nonsense": 1.0, "active": "yes", "segments": 1.0} {
		if err := nodetest.NewFlow().Change("profile", expr.MustPath(path), value); tracardi.KindOf(err) != tracardi.Invalid {
			t.Errorf("profile@%s takes %v: %v", path, value, err)
		}
	}
	if err := nodetest.NewFlow().Change("memory", expr.MustPath("a.b"), 1.0); err != nil {
		t.Error(err)
	}
}
