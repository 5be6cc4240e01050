package pipeline

import (
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/workspace"
)

// Work is one payload on its way through the stages: what was loaded for it and what it changes so far. Stages read and
// change it and do no I/O.
type Work struct {
	Payload *tracardi.Payload
	Source  *tracardi.Source
	Now     time.Time

	Hasher   *identity.Hasher
	Instance string // of this process

	Session *tracardi.Session // never nil after resolution
	Profile *tracardi.Profile // nil for a profile-less payload

	Entities map[string]*entity // by id: those that the events speak of

	Incoming []tracardi.NewEvent // the payload's events that are not stored yet, then the system's
	Events   []*tracardi.Event   // built so far

	SaveSession bool
	SaveProfile bool
	SaveEvents  bool

	Flows *workspace.Plan // what is live; nil for nothing

	Identified     string // how the profile was found, see identified.go
	SessionStarted bool   // the session is new or began anew after its end
	ProfileChanged bool   // something but the update time changed
	Warnings       []string

	outcome // of the flows
}
