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

	*visiting // whose they are; flows may make an event over to somebody else, see become.go
	*person
	others []*person
	begun  []*visiting

	locks   *held    // nil for a test of flows
	earlier *earlier // nil where nothing is attempted twice

	Entities map[string]*entity // by id: those that the events speak of

	Incoming []tracardi.NewEvent // the payload's events that are not stored yet, then the system's
	Events   []*tracardi.Event   // built so far

	SaveEvents bool

	erased int64 // Pipeline.erased before the load

	Flows *workspace.Plan // what is live; nil for nothing

	Identified     string // how the profile was found, see identified.go
	SessionStarted bool   // the session is new or began anew after its end
	Warnings       []string

	outcome // of the flows
}

// person is somebody whose profile a payload may change.
type person struct {
	Profile        *tracardi.Profile // nil for a profile-less payload
	ProfileChanged bool              // something but the update time changed
	SaveProfile    bool
}

// visiting is the visit that an event belongs to.
type visiting struct {
	Session     *tracardi.Session // never nil after resolution
	SaveSession bool
}

// visits are all visits that the events belong to.
func (w *Work) visits() []*visiting { return append([]*visiting{w.visiting}, w.begun...) }

// each does something for everybody whose profile the work may change, as if the work were theirs.
func (w *Work) each(do func() error) error {
	if err := do(); err != nil {
		return err
	}
	own := w.person
	defer func() { w.person = own }()
	for _, w.person = range w.others {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}
