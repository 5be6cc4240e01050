// Package geo holds the nodes that know places.
package geo

import (
	"embed"
	"math"
	"strconv"
	"strings"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("geo", "Places", sources)

// Point is a setting: a place on Earth. Each part is a number or a place in the data that holds one.
type Point struct {
	Lat node.Value `json:"lat"`
	Lng node.Value `json:"lng"`
}

// Empty tells whether a part is not set.
func (p Point) Empty() bool { return p.Lat.Empty() || p.Lng.Empty() }

// spot is a place in radians.
type spot struct{ latitude, longitude float64 }

func (p Point) find(in *node.Input, setting string) (s spot, err error) {
	if s.latitude, err = radians(in, setting+".lat", p.Lat, 90); err != nil {
		return s, err
	}
	s.longitude, err = radians(in, setting+".lng", p.Lng, 180)
	return s, err
}

func radians(in *node.Input, setting string, of node.Value, limit float64) (float64, error) {
	text, err := of.Text(in)
	if err != nil {
		return 0, err
	}
	degrees, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(math.Abs(degrees) <= limit) { // not so for NaN
		return 0, tracardi.InvalidField(setting, "must be a number from %v to %v, not %q", -limit, limit, text)
	}
	return degrees * math.Pi / 180, nil
}

// The Earth of WGS 84.
const (
	equator    = 6378.137 // km, its radius there
	flattening = 1 / 298.257223563
)

// distance of two places in km along the ground, by Lambert's formula: right to some metres for each thousand kilometres.
func distance(a, b spot) float64 {
	// On a sphere first, with latitudes as they would be there.
	phi1, phi2 := math.Atan((1-flattening)*math.Tan(a.latitude)), math.Atan((1-flattening)*math.Tan(b.latitude))
	half := square(math.Sin((phi2-phi1)/2)) + math.Cos(phi1)*math.Cos(phi2)*square(math.Sin((b.longitude-a.longitude)/2))
	angle := 2 * math.Asin(math.Sqrt(min(half, 1)))
	if math.Sin(angle/2) < 1e-12 || math.Cos(angle/2) < 1e-6 { // the same place, or the other side of the Earth
		return equator * angle
	}
	p, q := (phi1+phi2)/2, (phi2-phi1)/2
	x := (angle - math.Sin(angle)) * square(math.Sin(p)*math.Cos(q)/math.Cos(angle/2))
	y := (angle + math.Sin(angle)) * square(math.Cos(p)*math.Sin(q)/math.Sin(angle/2))
	return equator * (angle - flattening/2*(x+y))
}

func square(x float64) float64 { return x * x }
