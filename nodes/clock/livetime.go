package clock

import (
	"context"
	"time"

	"github.com/tracardi/tracardi-go/node"
)

func init() {
	group.Register(node.Type{
		ID: "live-time", Name: "Age of the profile", Icon: "hourglass",
		New:     func() node.Node { return &LiveTime{} },
		Out:     []node.Port{{Name: "live-time", Doc: "When the profile was made and how long ago that is."}},
		Aliases: []string{"tracardi.process_engine.action.v1.time.profile_live_time.plugin.ProfileLiveTimeAction"},
		Examples: []node.Example{
			{
				Name: "two weeks", Profile: `{"metadata": {"time": {"insert": "2026-02-16T10:30:00Z"}}}`, Port: "live-time",
				Result: `{"last": "2026-02-16T10:30:00Z", "time": {"seconds": 1209600, "minutes": 20160, "hours": 336, "days": 14, "weeks": 2}}`,
			},
			{Name: "nobody", Profile: "null", Port: "error", Result: `{"message": "the event has no profile"}`},
		},
	})
}

// LiveTime tells how long a profile has been known. The payload is then {"last": "2026-02-16T10:30:00Z", "time": {"seconds": …,
// "minutes": …, "hours": …, "days": 14, "weeks": 2}}. Without a profile it goes on at the port error.
type LiveTime struct{}

// Run implements node.Node.
func (n *LiveTime) Run(_ context.Context, in *node.Input) (node.Output, error) {
	profile := in.Profile()
	switch {
	case profile == nil:
		return node.Fail("the event has no profile"), nil
	case profile.Metadata.Time.Insert.IsZero():
		return node.Fail("the profile does not tell when it was made"), nil
	}
	since := profile.Metadata.Time.Insert.UTC()
	return node.To("live-time", map[string]any{"last": since.Format(time.RFC3339Nano), "time": lengths(in.Now().Sub(since))}), nil
}
