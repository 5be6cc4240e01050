// Package event holds the nodes that send events, and that look at what happened before.
package event

import (
	"embed"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/node"
)

//go:embed *.go
var sources embed.FS

var group = node.NewGroup("event", "Events and records", sources)

// Fields of records.
var (
	typePath    = expr.MustPath("type")
	profilePath = expr.MustPath("profile.id")
)

var errNoProfile = tracardi.InvalidField("profile", "the event has no profile")

// ofProfile is the condition that a record belongs to the person, under any id that they are known by.
func ofProfile(in *node.Input) (*expr.Condition, error) {
	profile := in.Profile()
	if profile == nil {
		return nil, errNoProfile
	}
	ids := []string{profile.ID}
	for _, id := range profile.IDs {
		if id != profile.ID {
			ids = append(ids, id)
		}
	}
	return expr.OneOf(profilePath, ids...), nil
}

// between is the condition that a record was made since a time, or until a time; the zero time is no bound.
func between(since, until time.Time) *expr.Condition {
	var conditions []*expr.Condition
	for sign, bound := range map[string]time.Time{">=": since, "<=": until} {
		if bound.IsZero() {
			continue
		}
		text := string(tracardi.AppendTime(nil, bound))
		condition, err := expr.ParseSearch("metadata.time.insert "+sign+" "+text, "")
		if err != nil {
			panic(err) // a time is written right
		}
		conditions = append(conditions, condition)
	}
	return expr.All(conditions...)
}

// span reads how far a look back goes, such as -15m; 15m means the same. Empty is the zero time.
func span(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	offset, err := expr.ParseOffset(text)
	if err != nil {
		return time.Time{}, err
	}
	since := offset.Add(now)
	if since.After(now) {
		since = now.Add(-since.Sub(now))
	}
	return since, nil
}
