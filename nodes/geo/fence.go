package geo

import (
	"context"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "fence", Name: "Geo fence", Icon: "map-pin-check",
		New:     func() node.Node { return &Fence{Radius: 10} },
		Out:     []node.Port{{Name: "payload", Doc: "Whether the place is inside, and its distance from the middle in km."}},
		Aliases: []string{"tracardi.process_engine.action.v1.geo.fence.circular.plugin.CircularGeoFenceAction"},
		Examples: []node.Example{
			{
				Name:    "at the shop",
				Config:  `{"center_coordinate": {"lat": 52.52, "lng": 13.405}, "test_coordinate": {"lat": "profile@data.devices.last.geo.latitude", "lng": "profile@data.devices.last.geo.longitude"}, "radius": 5}`,
				Profile: `{"data": {"devices": {"last": {"geo": {"latitude": 52.52, "longitude": 13.405}}}}}`,
				Port:    "payload", Result: `{"inside": true, "distance": 0}`,
			},
			{
				Name:   "far away",
				Config: `{"center_coordinate": {"lat": "52.52", "lng": "13.405"}, "test_coordinate": {"lat": 0, "lng": 13.405}, "radius": 5}`,
				Port:   "payload", Result: `{"inside": false, "distance": 5821.2}`,
			},
			{
				Name:   "nobody knows where",
				Config: `{"center_coordinate": {"lat": 0, "lng": 0}, "test_coordinate": {"lat": "profile@data.devices.last.geo.latitude", "lng": 0}}`,
				Error:  "profile@data.devices.last.geo.latitude is missing",
			},
		},
	})
}

// Fence tells whether a place lies within a circle around another. The payload is then {"inside": true, "distance": 1.234}, with the
// distance from the middle in kilometres.
type Fence struct {
	Center Point   `json:"center_coordinate" title:"Middle" help:"Latitude and longitude in degrees: numbers, or places that hold them." required:"true"`
	Test   Point   `json:"test_coordinate" title:"Place" help:"Such as profile@data.devices.last.geo.latitude and longitude." required:"true"`
	Radius float64 `json:"radius" title:"Radius" help:"Kilometres." min:"0"`
}

// Run implements node.Node.
func (n *Fence) Run(_ context.Context, in *node.Input) (node.Output, error) {
	away, err := between(in, "center_coordinate", n.Center, "test_coordinate", n.Test)
	if err != nil {
		return node.Output{}, err
	}
	return node.To("payload", map[string]any{"inside": away <= n.Radius, "distance": away}), nil
}
