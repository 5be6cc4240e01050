// Package clock holds the nodes that look at the time.
package clock

import (
	"embed"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("clock", "Time", sources)

// nowIn returns the time of the run in a zone; an empty zone is UTC.
func nowIn(in *node.Input, zone node.Value) (time.Time, error) {
	name, err := zone.Text(in)
	if err != nil {
		return time.Time{}, err
	}
	location, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return time.Time{}, fmt.Errorf("there is no time zone %q; zones are written like Europe/Berlin", name)
	}
	return in.Now().In(location), nil
}

// lengths is a length of time in several units.
func lengths(d time.Duration) map[string]any {
	seconds := d.Seconds()
	return map[string]any{
		"seconds": seconds, "minutes": seconds / 60, "hours": seconds / (60 * 60), "days": seconds / (24 * 60 * 60), "weeks": seconds / (7 * 24 * 60 * 60),
	}
}
