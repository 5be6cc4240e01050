package pipeline

import (
	"time"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
)

func init() { uuid.EnableRandPool() } // an id costs a hundredth of a system call

// newID returns an id that grows with time, so that documents made together lie together, and has 74 random bits.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// known is what the store has of a payload's session and profile.
type known struct {
	session *tracardi.Session // nil when there is none under the payload's id
	profile *tracardi.Profile // nil when there is none under profileID
	ids     []string          // that the profile is to be known by
	others  bool              // another profile is known by one of ids
}

// profileID returns the id of the profile to look for: that of the session if it has one, since a client may claim any;
// else the one that another site of ours passed on, else the client's own.
func (k known) profileID(payload *tracardi.Payload) string {
	if k.session != nil && k.session.Profile.ID != "" {
		return k.session.Profile.ID
	}
	if payload.Referred != "" {
		return payload.Referred
	}
	return payload.Profile
}

// resolve decides which session and profile the payload belongs to:
//
//	session  its profile    payload's profile   result
//	none     –              none or unknown     new session, new profile under a random id
//	none     –              known               new session, that profile
//	known    known          any                 the session's profile
//	known    merged         any                 the profile it was merged into; the session points to it from now on
//	known    none, unknown  unknown             new profile; the session points to it
//
// A source with static ids makes a new profile under the payload's id instead of a random one.
func resolve(w *Work, k known) {
	payload, source := w.Payload, w.Source
	w.SaveSession = !payload.Options.SkipSession && !source.Transitional
	w.SaveEvents = !payload.Options.SkipEvents && !source.Transitional
	w.SaveProfile = !payload.Options.SkipProfile
	w.Session = k.session
	if w.Session == nil {
		w.Session = newSession(payload, source, w.Now)
	}
	w.Session.Context.Merge(payload.Context)
	w.Session.Properties.Merge(payload.Properties)
	w.SessionStarted = w.Session.New || w.Session.Metadata.Status == tracardi.SessionEnded
	if payload.ProfileLess {
		w.Identified = IdentifiedNobody
		return
	}
	w.Identified = k.identified(payload)
	w.Profile = k.profile
	if w.Profile == nil {
		w.Profile = newProfile(w, payload, source)
	}
	w.know(k)
	if w.Session.Profile.ID != w.Profile.ID {
		w.Session.Profile = tracardi.ProfileRef{ID: w.Profile.ID, PrimaryID: w.Profile.PrimaryID}
	}
}

func newSession(payload *tracardi.Payload, source *tracardi.Source, now time.Time) *tracardi.Session {
	s := &tracardi.Session{ID: payload.Session, New: true}
	if s.ID == "" {
		s.ID = newID()
	}
	s.Metadata.Channel = source.Channel
	s.Metadata.Time = tracardi.SessionTime{
		Insert: now, Timestamp: float64(now.UnixMilli()) / 1000, Weekday: (int(now.Weekday()) + 6) % 7,
	}
	return s
}

func newProfile(w *Work, payload *tracardi.Payload, source *tracardi.Source) *tracardi.Profile {
	p := &tracardi.Profile{ID: newID(), New: true, Active: true}
	if source.StaticIDs && payload.Profile != "" && w.Session.Profile.ID == "" {
		p.ID = payload.Profile
	}
	p.AddID(p.ID)
	p.PrimaryID = payload.PrimaryID
	p.Metadata.Time.Insert, p.Metadata.Time.Create = w.Now, w.Now
	return p
}
