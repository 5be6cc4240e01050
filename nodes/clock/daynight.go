package clock

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "day-night", Name: "Day or night", Icon: "sun-moon",
		New: func() node.Node {
			return &DayNight{
				Latitude:  node.ValueOf("profile@data.devices.last.geo.latitude"),
				Longitude: node.ValueOf("profile@data.devices.last.geo.longitude"),
			}
		},
		Out: []node.Port{
			{Name: "day", Doc: "The sun is up."},
			{Name: "night", Doc: "The sun is down."},
		},
		Aliases: []string{"tracardi.process_engine.action.v1.time.day_night.plugin.DayNightAction"},
		Examples: []node.Example{
			{
				Name: "in Berlin", Profile: `{"data": {"devices": {"last": {"geo": {"latitude": 52.52, "longitude": 13.405}}}}}`,
				Payload: `{"a": 1}`, Port: "day",
			},
			{Name: "in Los Angeles", Config: `{"latitude": "34.05", "longitude": "-118.24"}`, Payload: `{"a": 1}`, Port: "night"},
			{
				Name: "nobody knows where", Port: "error",
				Result: `{"message": "profile@data.devices.last.geo.latitude is missing in the data"}`,
			},
			{Name: "not on Earth", Config: `{"latitude": "95", "longitude": "0"}`, Port: "error", Result: `{"message": "a latitude is a number from -90 to 90, not 95"}`},
		},
	})
}

// DayNight goes on at the port day when the sun is up at a place, else at the port night. A place that is not known, or is none, goes on
// at the port error. By default it is where the profile's last device was.
//
// The sun is up from the moment when its upper edge is seen until the moment when it is gone, as in an almanac; hills don't matter.
type DayNight struct {
	Latitude  node.Value `json:"latitude" title:"Latitude" help:"Degrees, negative in the south." required:"true"`
	Longitude node.Value `json:"longitude" title:"Longitude" help:"Degrees, negative in the west." required:"true"`
}

// Run implements node.Node.
func (n *DayNight) Run(_ context.Context, in *node.Input) (node.Output, error) {
	latitude, err := degrees(in, n.Latitude, "latitude", 90)
	if err != nil {
		return node.Fail(fmt.Sprint(err)), nil
	}
	longitude, err := degrees(in, n.Longitude, "longitude", 180)
	if err != nil {
		return node.Fail(fmt.Sprint(err)), nil
	}
	if sunAltitude(in.Now(), latitude, longitude) > edgeOfDay {
		return node.To("day", in.Payload), nil
	}
	return node.To("night", in.Payload), nil
}

func degrees(in *node.Input, of node.Value, name string, limit float64) (float64, error) {
	text, err := of.Text(in)
	if err != nil {
		return 0, err
	}
	angle, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(math.Abs(angle) <= limit) { // not so for NaN
		return 0, fmt.Errorf("a %s is a number from %v to %v, not %s", name, -limit, limit, text)
	}
	return angle, nil
}

// edgeOfDay is the altitude of the sun's middle when its upper edge touches the horizon: its radius and the bending of the light.
const edgeOfDay = -0.833

// sunAltitude is how many degrees the middle of the sun stands above the horizon. It is computed as the Astronomical Almanac says for
// low precision: right to about a hundredth of a degree for the years from 1950 to 2050, and good enough for some centuries.
func sunAltitude(t time.Time, latitude, longitude float64) float64 {
	const radians = math.Pi / 180
	days := float64(t.Sub(time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC))) / float64(24*time.Hour)
	meanLongitude := 280.460 + 0.9856474*days
	anomaly := (357.528 + 0.9856003*days) * radians
	ecliptic := (meanLongitude + 1.915*math.Sin(anomaly) + 0.020*math.Sin(2*anomaly)) * radians
	obliquity := (23.439 - 0.0000004*days) * radians
	ascension := math.Atan2(math.Cos(obliquity)*math.Sin(ecliptic), math.Cos(ecliptic))
	declination := math.Asin(math.Sin(obliquity) * math.Sin(ecliptic))
	sidereal := (280.46062 + 360.98564737*days + longitude) * radians // where the sky stands
	hourAngle := sidereal - ascension
	sine := math.Sin(latitude*radians)*math.Sin(declination) + math.Cos(latitude*radians)*math.Cos(declination)*math.Cos(hourAngle)
	return math.Asin(sine) / radians
}
