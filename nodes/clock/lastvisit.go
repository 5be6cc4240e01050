package clock

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "last-visit", Name: "Time since the last visit", Icon: "history",
		New:     func() node.Node { return &LastVisit{} },
		Out:     []node.Port{{Name: "visit", Doc: "When the last visit began and how long ago that is."}},
		Aliases: []string{"tracardi.process_engine.action.v1.time.last_profile_visit.plugin.LastVisitAction"},
		Examples: []node.Example{
			{
				Name: "half an hour", Port: "visit",
				Result: `{"last": "2026-03-02T10:00:00Z", "difference": {"seconds": 1800, "minutes": 30, "hours": 0.5, "days": 0.020833333333333332, "weeks": 0.002976190476190476}}`,
			},
			{
				Name: "never seen again", Profile: `{"metadata": {"time": {"insert": "2026-02-16T10:30:00Z", "visit": {"current": null}}}}`, Port: "visit",
				Result: `{"last": "2026-02-16T10:30:00Z", "difference": {"seconds": 1209600, "minutes": 20160, "hours": 336, "days": 14, "weeks": 2}}`,
			},
			{Name: "nobody", Profile: "null", Port: "error", Result: `{"message": "the event has no profile"}`},
		},
	})
}

// LastVisit tells when the last visit of a profile began: the one that goes on, if there is one. The visit before is in
// profile@metadata.time.visit.last. The payload is then {"last": "2026-03-02T10:00:00Z", "difference": {"seconds": 1800, "minutes": 30,
// "hours": 0.5, "days": …, "weeks": …}}. A profile without visits counts from when it was made. Without a profile it goes on at the
// port error.
type LastVisit struct{}

// Run implements node.Node.
func (n *LastVisit) Run(_ context.Context, in *node.Input) (node.Output, error) {
	profile := in.Profile()
	if profile == nil {
		return node.Fail("the event has no profile"), nil
	}
	last := profile.Metadata.Time.Visit.Current
	if last.IsZero() {
		last = profile.Metadata.Time.Insert
	}
	if last.IsZero() {
		return node.Fail("the profile does not tell when it was seen"), nil
	}
	last = last.UTC()
	return node.To("visit", map[string]any{"last": last.Format(time.RFC3339Nano), "difference": lengths(in.Now().Sub(last))}), nil
}
