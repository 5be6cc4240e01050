package pipeline

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/oschwald/geoip2-golang/v2"

	"github.com/tracardi/tracardi-go"
)

// Geo knows where addresses are. A nil Geo knows none. It is safe for concurrent use.
type Geo struct {
	places *geoip2.Reader
}

// OpenGeo opens a City database in MaxMind's format, such as GeoLite2-City.mmdb. The file is mapped into memory, and read there.
func OpenGeo(file string) (*Geo, error) {
	places, err := geoip2.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open geo database %s: %w", file, err)
	}
	if kind := places.Metadata().DatabaseType; !strings.Contains(kind, "City") {
		_ = places.Close()
		return nil, fmt.Errorf("open geo database %s: it is of type %s; a City database is needed", file, kind)
	}
	return &Geo{places: places}, nil
}

// Close gives the file back. Locate must not be called afterwards.
func (g *Geo) Close() error {
	if g == nil {
		return nil
	}
	return g.places.Close()
}

// Locate fills the place of a session that has none: as the client's context tells it, else, in a new session, where its
// address is. The context's location is removed. When a visit begins and when the place becomes known, the profile gets it.
func (g *Geo) Locate(w *Work) error {
	s := w.Session
	told, there := s.Context.Get("location")
	if there {
		s.Context.Delete("location")
	}
	found := false
	if s.Device.Geo.Empty() {
		if tree, ok := told.(map[string]any); ok {
			s.Device.Geo = readGeo(tree)
		}
		if g != nil && s.New && s.Device.Geo.Empty() {
			s.Device.Geo = g.find(w)
		}
		found = true
	}
	if w.Profile == nil || s.Device.Geo.Empty() || !found && !w.SessionStarted {
		return nil
	}
	return w.SetField(nil, s.Device.Geo.Map(), "data", "devices", "last", "geo")
}

// find looks up where the address of the request is. A visitor is not turned away because that is unknown.
func (g *Geo) find(w *Work) (place tracardi.Geo) {
	address, err := netip.ParseAddr(w.Payload.Request.IP)
	if err != nil {
		return place
	}
	city, err := g.places.City(address.Unmap())
	if err != nil {
		w.Warnings = append(w.Warnings, "the place of the visitor is unknown: the geo database can't be read")
		return place
	}
	place = tracardi.Geo{
		Country: tracardi.Country{Name: city.Country.Names.English, Code: city.Country.ISOCode},
		City:    city.City.Names.English,
		Postal:  city.Postal.Code,
	}
	if len(city.Subdivisions) > 0 {
		place.County = city.Subdivisions[0].Names.English
	}
	if city.Location.HasCoordinates() {
		place.Latitude, place.Longitude = *city.Location.Latitude, *city.Location.Longitude
	}
	return place
}

// readGeo reads what a client says of its place. Coordinates that are none on Earth are left out.
func readGeo(tree map[string]any) tracardi.Geo {
	text := func(path ...string) string {
		value, _ := tracardi.Dig(tree, path...)
		s, _ := value.(string)
		return strings.TrimSpace(s)
	}
	g := tracardi.Geo{
		Country: tracardi.Country{Name: text("country", "name"), Code: text("country", "code")},
		City:    text("city"), County: text("county"), Postal: text("postal"),
	}
	if g.Country.Name == "" {
		g.Country.Name = text("country")
	}
	latitude, longitude := degrees(tree["latitude"]), degrees(tree["longitude"])
	if math.Abs(latitude) <= 90 && math.Abs(longitude) <= 180 { // not so for NaN
		g.Latitude, g.Longitude = latitude, longitude
	}
	return g
}

func degrees(value any) float64 {
	switch v := value.(type) {
	case float64:
		return v
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return n
		}
	}
	return math.NaN()
}
