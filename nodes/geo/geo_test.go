package geo_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"testing"

	"github.com/tracardi/tracardi-go/node"
	"github.com/tracardi/tracardi-go/node/nodetest"

	_ "github.com/tracardi/tracardi-go/nodes/geo"
)

func TestNodes(t *testing.T) {
	nodetest.Group(t, "geo", func(t *testing.T, _ *node.Type, f *nodetest.Flow) {
		f.Resources["maxmind"] = map[string]any{"host": "geolite.info", "accountId": "12345", "license": "key"}
		f.Server(t, func(w http.ResponseWriter, r *http.Request) {
			user, password, _ := r.BasicAuth()
			if r.Method != http.MethodGet || r.Header.Get("X-Test-Host") != "geolite.info" || user != "12345" || password != "key" {
				t.Errorf("asks %s %s as %s", r.Method, r.Header.Get("X-Test-Host"), user)
			}
			if r.URL.Path != "/geoip/v2.1/city/81.2.69.160" {
				w.WriteHeader(http.StatusNotFound)
				_, _ = io.WriteString(w, `{"code": "IP_ADDRESS_NOT_FOUND"}`)
				return
			}
			_, _ = io.WriteString(w, `{"city": {"names": {"en": "London", "de": "London"}}, "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
				"location": {"latitude": 51.5142, "longitude": -0.0931}, "postal": {"code": "SW1"},
				"subdivisions": [{"names": {"en": "United Kingdom of"}}, {"iso_code": "ENG", "names": {"en": "England"}}]}`)
		})
	})
}

// TestDistances compares with geodesics that surveyors published or computed.
func TestDistances(t *testing.T) {
	for _, c := range []struct {
		name           string
		lat1, lng1     float64
		lat2, lng2     float64
		want, accuracy float64 // km
	}{
		{"Flinders Peak to Buninyong", -37.951033416, 144.424867888, -37.652821138, 143.926495527, 54.972271, 0.001},
		{"London to New York", 51.5074, -0.1278, 40.7128, -74.0060, 5585.234, 0.5},
		{"a degree of the equator", 0, 0, 0, 1, 111.319491, 0.001},
		{"a quarter of a meridian", 0, 0, 90, 0, 10001.966, 0.1},
		{"over the date line", 0, 179.5, 0, -179.5, 111.319491, 0.001},
		{"nowhere", 48.1, 11.5, 48.1, 11.5, 0, 0.0001},
		{"the other side", 0, 0, 0, 180, 20037.508, 1},
	} {
		config := fmt.Sprintf(`{"start_coordinate": {"lat": %v, "lng": %v}, "end_coordinate": {"lat": %v, "lng": %v}}`, c.lat1, c.lng1, c.lat2, c.lng2)
		n, err := node.Lookup("geo.distance").Configure([]byte(config))
		if err != nil {
			t.Fatal(err)
		}
		out, err := n.Run(t.Context(), nodetest.NewFlow().Input(t, "payload", ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := out.Results[0].Payload["distance"].(float64); math.Abs(got-c.want) > c.accuracy {
			t.Errorf("%s: %v km, want %v", c.name, got, c.want)
		}
	}
}

// TestAddressOfEvent asks for the place of whoever sent the event.
func TestAddressOfEvent(t *testing.T) {
	for event, want := range map[string]string{
		`{"metadata": {"ip": "192.0.2.7"}}`: "/geoip/v2.1/city/192.0.2.7",
		`{"metadata": {"ip": "192.0.2.7"}, "request": {"headers": {"x-forwarded-for": "2001:db8::1, 10.0.0.1"}}}`: "/geoip/v2.1/city/2001:db8::1",
	} {
		f := nodetest.NewFlow()
		f.Over(t, "event", event)
		f.Resources["maxmind"] = map[string]any{"accountId": "1", "license": "key"}
		got := ""
		f.Server(t, func(_ http.ResponseWriter, r *http.Request) { got = r.URL.Path })
		n, err := node.Lookup("geo.locate").Configure([]byte(`{"source": {"id": "maxmind", "name": "MaxMind"}}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := n.Run(t.Context(), f.Input(t, "payload", "")); err != nil || got != want {
			t.Errorf("asks for %s (%v), want %s", got, err, want)
		}
	}
}
