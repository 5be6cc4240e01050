package pipeline

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
)

// What the tests of the stages share: a visitor's first payload, and short ways to say things.

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// firstVisit is the work on the first payload of a new visitor, as it is when the stages begin.
func firstVisit(events ...tracardi.NewEvent) *Work {
	return &Work{
		Payload: &tracardi.Payload{Source: tracardi.Ref{ID: "web"}}, Source: &tracardi.Source{ID: "web", Channel: "Web"}, Now: noon,
		Hasher: identity.New([]byte("0123456789abcdef")), Instance: "process-1",
		visiting: &visiting{
			Session:     &tracardi.Session{ID: "s1", New: true, Metadata: tracardi.SessionMetadata{Time: tracardi.SessionTime{Insert: noon}}},
			SaveSession: true,
		},
		person:   &person{Profile: &tracardi.Profile{ID: "p1", IDs: []string{"p1"}, New: true, Active: true}, SaveProfile: true},
		Incoming: events, SaveEvents: true, SessionStarted: true,
	}
}

// nextRequest is the work on a later payload of the same visit.
func nextRequest(events ...tracardi.NewEvent) *Work {
	w := firstVisit(events...)
	w.Session.New, w.Profile.New, w.SessionStarted = false, false, false
	w.Session.Version, w.Profile.Version = 1, 1
	w.Now = noon.Add(90 * time.Second)
	return w
}

func free(text string) tracardi.Object { return tracardi.RawObject(text) }

func run(t *testing.T, w *Work, stages ...func(*Work) error) {
	t.Helper()
	for _, stage := range stages {
		if err := stage(w); err != nil {
			t.Fatal(err)
		}
	}
}

// equal compares a value with its JSON text.
func equal(t *testing.T, what string, got any, want string) {
	t.Helper()
	if diff := cmp.Diff(want, string(tracardi.AppendValue(nil, got))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// at reads a path of a document; nil when it is absent.
func at(doc interface {
	Get(path ...string) (any, bool)
}, path ...string,
) any {
	value, _ := doc.Get(path...)
	return value
}

func validJSON(texts ...string) bool {
	for _, text := range texts {
		if !json.Valid([]byte(text)) {
			return false
		}
	}
	return true
}
