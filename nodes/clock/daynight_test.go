package clock_test

import (
	"testing"
	"time"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"
)

// TestDayNight turns the clock around sunrises and sunsets that almanacs give, to the minute.
func TestDayNight(t *testing.T) {
	for _, c := range []struct{ name, latitude, longitude, rise, set string }{
		{"London at midsummer", "51.5074", "-0.1278", "2024-06-20T03:43:00Z", "2024-06-20T20:21:00Z"},
		{"New York in winter", "40.7128", "-74.0060", "2024-12-21T12:17:00Z", "2024-12-21T21:32:00Z"},
		{"Sydney in summer", "-33.8688", "151.2093", "2023-12-21T18:41:00Z", "2023-12-22T09:05:00Z"},
		{"Quito at the equinox", "-0.1807", "-78.4678", "2024-03-20T11:18:00Z", "2024-03-20T23:25:00Z"},
	} {
		config := []byte(`{"latitude": "` + c.latitude + `", "longitude": "` + c.longitude + `"}`)
		for _, moment := range []struct {
			text          string
			before, after string
		}{{c.rise, "night", "day"}, {c.set, "day", "night"}} {
			edge, err := time.Parse(time.RFC3339, moment.text)
			if err != nil {
				t.Fatal(err)
			}
			const error = 3 * time.Minute
			if before, after := sun(t, config, edge.Add(-error)), sun(t, config, edge.Add(error)); before != moment.before || after != moment.after {
				t.Errorf("%s: %s before and %s after %s, want %s and %s", c.name, before, after, moment.text, moment.before, moment.after)
			}
		}
	}
}

// TestPolarDays asks where the sun does not set, or not rise.
func TestPolarDays(t *testing.T) {
	tromsø := []byte(`{"latitude": "69.65", "longitude": "18.96"}`)
	for hour := range 24 {
		if port := sun(t, tromsø, time.Date(2026, 6, 21, hour, 0, 0, 0, time.UTC)); port != "day" {
			t.Errorf("%s in June at %d", port, hour)
		}
		if port := sun(t, tromsø, time.Date(2026, 12, 21, hour, 0, 0, 0, time.UTC)); port != "night" {
			t.Errorf("%s in December at %d", port, hour)
		}
	}
}

func sun(t *testing.T, config []byte, now time.Time) string {
	t.Helper()
	n, err := node.Lookup("clock.day-night").Configure(config)
	if err != nil {
		t.Fatal(err)
	}
	f := nodetest.NewFlow()
	f.Time = now
	out, err := n.Run(t.Context(), f.Input(t, "payload", ""))
	if err != nil {
		t.Fatal(err)
	}
	return out.Results[0].Port
}
