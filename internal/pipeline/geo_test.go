package pipeline

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"

	"github.com/tracardi/tracardi-go"
)

// geoFile writes a database with one place, Brno at 198.51.100.0/24, and a country without a city at 2001:db8::/32.
func geoFile(t *testing.T, kind string) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	names := func(name string) mmdbtype.Map { return mmdbtype.Map{"en": mmdbtype.String(name)} }
	insert := func(network string, record mmdbtype.Map) {
		_, parsed, err := net.ParseCIDR(network)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.Insert(parsed, record); err != nil {
			t.Fatal(err)
		}
	}
	insert("198.51.100.0/24", mmdbtype.Map{
		"city": mmdbtype.Map{"names": names("Brno")}, "country": mmdbtype.Map{"iso_code": mmdbtype.String("CZ"), "names": names("Czechia")},
		"location":     mmdbtype.Map{"latitude": mmdbtype.Float64(49.2), "longitude": mmdbtype.Float64(16.6)},
		"postal":       mmdbtype.Map{"code": mmdbtype.String("602 00")},
		"subdivisions": mmdbtype.Slice{mmdbtype.Map{"names": names("South Moravian")}, mmdbtype.Map{"names": names("Brno-City")}},
	})
	insert("2001:db8::/32", mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String("NO"), "names": names("Norway")}})
	name := filepath.Join(t.TempDir(), "places.mmdb")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.WriteTo(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

var brno = tracardi.Geo{
	Country: tracardi.Country{Name: "Czechia", Code: "CZ"}, City: "Brno", County: "South Moravian", Postal: "602 00",
	Latitude: 49.2, Longitude: 16.6,
}

func TestLocate(t *testing.T) {
	geo, err := OpenGeo(geoFile(t, "GeoLite2-City"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := geo.Close(); err != nil {
			t.Error(err)
		}
	})
	prague := tracardi.Geo{Country: tracardi.Country{Name: "Czech Republic", Code: "CZ"}, City: "Prague", Latitude: 50.1, Longitude: 14.4}
	const inPrague = `{"location":{"country":{"name":"Czech Republic","code":"CZ"},"city":" Prague ","latitude":50.1,"longitude":"14.4","ip":"x"},"other":1}`
	f := func(geo *Geo, ip, context string, want tracardi.Geo) {
		t.Helper()
		w := firstVisit()
		w.Payload.Request.IP = ip
		w.Session.Context = free(context)
		run(t, w, geo.Locate)
		if diff := cmp.Diff(want, w.Session.Device.Geo); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", ip, context, diff)
		}
		if _, left := w.Session.Context.Get("location"); left {
			t.Errorf("%s %s: the context still has the location", ip, context)
		}
		last, _ := w.Profile.Get("data", "devices", "last", "geo")
		if diff := cmp.Diff(want.Empty(), last == nil); diff != "" || last != nil && w.Profile.Data.Text("devices", "last", "geo", "city") != want.City {
			t.Errorf("%s %s: the profile was last at %v", ip, context, last)
		}
	}
	f(geo, "198.51.100.9", `{}`, brno)
	f(geo, "::ffff:198.51.100.9", `{}`, brno)
	f(geo, "2001:db8::1", `{}`, tracardi.Geo{Country: tracardi.Country{Name: "Norway", Code: "NO"}})
	f(geo, "203.0.113.1", `{}`, tracardi.Geo{})
	f(geo, "", `{}`, tracardi.Geo{})
	f(geo, "no address", `{}`, tracardi.Geo{})
	f(geo, "198.51.100.9", inPrague, prague)
	f(geo, "198.51.100.9", `{"location":"here"}`, brno)
	f(geo, "198.51.100.9", `{"location":null}`, brno)
	f(nil, "198.51.100.9", `{}`, tracardi.Geo{})
	f(nil, "198.51.100.9", inPrague, prague)
	f(nil, "", `{"location":{"country":"Norway","city":7,"latitude":91,"longitude":14}}`, tracardi.Geo{Country: tracardi.Country{Name: "Norway"}})
	f(nil, "", `{"location":{"latitude":"NaN","longitude":14}}`, tracardi.Geo{})
}

func TestLocateLater(t *testing.T) {
	w := nextRequest()
	w.Session.Device.Geo = brno
	w.Session.Context = free(`{"location":{"city":"Oslo"}}`)
	var geo *Geo
	run(t, w, geo.Locate)
	if w.Session.Device.Geo != brno || w.ProfileChanged || !w.Session.Context.Empty() {
		t.Errorf("a known place became %v, profile changed: %v", w.Session.Device.Geo, w.ProfileChanged)
	}
	w = nextRequest()
	w.Session.Context = free(`{"location":{"city":"Oslo"}}`)
	run(t, w, geo.Locate)
	if w.Session.Device.Geo.City != "Oslo" || w.Profile.Data.Text("devices", "last", "geo", "city") != "Oslo" {
		t.Errorf("a place told later is not kept: %v", w.Session.Device.Geo)
	}
}

func TestOpenGeo(t *testing.T) {
	f := func(file, want string) {
		t.Helper()
		if geo, err := OpenGeo(file); err == nil || !strings.Contains(err.Error(), want) || geo != nil {
			t.Errorf("%s: got %v, want an error with %q", file, err, want)
		}
	}
	f(geoFile(t, "GeoLite2-ASN"), "a City database is needed")
	f(filepath.Join(t.TempDir(), "none.mmdb"), "none.mmdb")
	broken := filepath.Join(t.TempDir(), "broken.mmdb")
	if err := os.WriteFile(broken, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	f(broken, "broken.mmdb")
}
