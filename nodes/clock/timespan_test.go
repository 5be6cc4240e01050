package clock_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

func TestTimeSpan(t *testing.T) {
	for _, c := range []struct{ start, end, zone, now, want string }{
		{"09:00:00", "17:00:00", "", "09:00:00", "in"},
		{"09:00:00", "17:00:00", "", "08:59:59", "out"},
		{"09:00:00", "17:00:00", "", "17:00:00", "in"},
		{"09:00:00", "17:00:00", "", "17:00:01", "out"},
		{"22:00", "06:00", "", "23:30:00", "in"},
		{"22:00", "06:00", "", "00:00:00", "in"},
		{"22:00", "06:00", "", "06:00:00", "in"},
		{"22:00", "06:00", "", "12:00:00", "out"},
		{"09:00", "09:00", "", "09:00:00", "in"},
		{"09:00", "17:00", "America/New_York", "13:59:59", "out"},
		{"09:00", "17:00", "America/New_York", "14:00:00", "in"},
	} {
		got := at(t, "clock.time-span", c.now, map[string]any{"start": c.start, "end": c.end, "timezone": c.zone})
		if got.Port != c.want {
			t.Errorf("%s from %s to %s in %q: %s, want %s", c.now, c.start, c.end, c.zone, got.Port, c.want)
		}
	}
	for field, config := range map[string]string{
		"start": `{"start": "25:00", "end": "09:00"}`,
		"end":   `{"start": "09:00", "end": "nine"}`,
	} {
		if _, err := node.Lookup("clock.time-span").Configure([]byte(config)); err == nil || !strings.HasPrefix(err.Error(), field+":") {
			t.Errorf("%s gives %v", config, err)
		}
	}
}

// at runs a node at a time of day.
func at(t *testing.T, id, now string, config map[string]any) node.Result {
	t.Helper()
	n, err := node.Lookup(id).Configure(tracardi.AppendValue(nil, config))
	if err != nil {
		t.Fatal(err)
	}
	f := nodetest.NewFlow()
	if f.Time, err = time.Parse(time.RFC3339, "2026-03-02T"+now+"Z"); err != nil {
		t.Fatal(err)
	}
	out, err := n.Run(t.Context(), f.Input(t, "payload", ""))
	if err != nil {
		t.Fatal(err)
	}
	return out.Results[0]
}
