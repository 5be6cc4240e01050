package geo

import (
	"context"
	"math"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "distance", Name: "Geo distance", Icon: "ruler-measure",
		New:     func() node.Node { return &Distance{} },
		Aliases: []string{"tracardi.process_engine.action.v1.geo.distance.plugin.GeoDistanceAction"},
		Examples: []node.Example{
			{
				Name:    "to the shop",
				Config:  `{"start_coordinate": {"lat": "payload@lat", "lng": "payload@lng"}, "end_coordinate": {"lat": 0, "lng": 1}}`,
				Payload: `{"lat": 0, "lng": "0"}`, Port: "payload", Result: `{"distance": 111.319}`,
			},
			{
				Name:   "not on Earth",
				Config: `{"start_coordinate": {"lat": 91, "lng": 0}, "end_coordinate": {"lat": 0, "lng": 0}}`,
				Error:  `start_coordinate.lat: must be a number from -90 to 90, not "91"`,
			},
		},
	})
}

// Distance measures the way between two places along the ground. The payload is then {"distance": 12.345}, in kilometres.
type Distance struct {
	Start Point `json:"start_coordinate" title:"From" help:"Latitude and longitude in degrees: numbers, or places that hold them." required:"true"`
	End   Point `json:"end_coordinate" title:"To" help:"Latitude and longitude in degrees: numbers, or places that hold them." required:"true"`
}

// Run implements node.Node.
func (n *Distance) Run(_ context.Context, in *node.Input) (node.Output, error) {
	away, err := between(in, "start_coordinate", n.Start, "end_coordinate", n.End)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("payload", map[string]any{"distance": away}), nil
}

// between is the distance of two points in km, to the metre.
func between(in *node.Input, settingA string, a Point, settingB string, b Point) (float64, error) {
	from, err := a.find(in, settingA)
	if err != nil {
		return 0, err
	}
	to, err := b.find(in, settingB)
	if err != nil {
		return 0, err
	}
	return math.Round(distance(from, to)*1000) / 1000, nil
}
