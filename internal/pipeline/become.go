package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/flow"
)

// An event belongs to the person and the visit that its payload was found to be of. A flow may make it over to somebody else: then
// it is theirs, and all that happens for it from then on changes their documents. Other events of the payload, the visit and the
// answer stay with whom they were.

// earlier is what the attempts at a payload leave to the next one.
type earlier struct {
	memo   flow.Memo // what flows did outside
	wanted []string  // ids of profiles whose locks were not free when a flow made an event over to them
}

var errPast = tracardi.Errorf(tracardi.Invalid,
	"the event is stored already and stays whose it is: do this before the flow waits, and not in the background")

// Become implements node.Run.
func (h *host) Become(ctx context.Context, id string) error {
	if h.past {
		return errPast
	}
	runs := h.Work.runs
	current := runs[len(runs)-1]
	for _, run := range runs {
		if run != current && run.event == h.event && !run.Done() {
			return tracardi.Errorf(tracardi.Invalid,
				"the flow %q waits with this event for its profile: give the trigger of this flow a priority before it", run.Flow.Name)
		}
	}
	next, err := h.somebody(ctx, id)
	if err != nil {
		return err
	}
	if !next.Profile.Agrees(h.Work.Now, current.consents...) {
		return tracardi.Errorf(tracardi.Invalid, "the profile has not given the consents that the trigger asks for: %q", current.consents)
	}
	h.become(next)
	return nil
}

// become makes the event over to a person.
func (h *host) become(next *person) {
	w := h.Work
	if next == w.person {
		return
	}
	w.person = next
	e := h.event
	e.Metadata.ProfileLess = false
	e.Metadata.Aux.Set(IdentifiedByFlow, "identified")
	e.Profile = next.ref()
	if w.Session.Profile.ID == "" { // the visit was nobody's
		w.Session.Profile = next.ref()
	}
	if next != h.own { // else it was looked at already
		w.wake(h)
	}
}

// ref points to a person whose profile is stored.
func (p *person) ref() tracardi.ProfileRef {
	if p.Profile == nil || !p.SaveProfile {
		return tracardi.ProfileRef{}
	}
	return tracardi.ProfileRef{ID: p.Profile.ID, PrimaryID: p.Profile.PrimaryID}
}

// BeginSession implements node.Run.
func (h *host) BeginSession() error {
	if h.past {
		return errPast
	}
	w := h.Work
	s := newSession(&tracardi.Payload{}, w.Source, w.Now)
	s.Metadata.Status = tracardi.SessionActive
	s.Profile = w.ref()
	w.visiting = &visiting{Session: s, SaveSession: true}
	w.begun = append(w.begun, w.visiting)
	h.event.Session = tracardi.EventSession{ID: s.ID, Start: s.Metadata.Time.Insert}
	return nil
}

// somebody finds the person that is known by an id, or makes a new one when the id is empty.
func (h *host) somebody(ctx context.Context, id string) (*person, error) {
	w := h.Work
	if id == "" {
		return w.meet(newProfile(w, &tracardi.Payload{}, &tracardi.Source{})), nil
	}
	for _, known := range append(slices.Clip(w.others), h.own) {
		if known.Profile != nil && known.Profile.HasID(id) {
			return known, nil
		}
	}
	find := h.pipeline.lookFor
	if w.pretended != nil {
		find = h.pipeline.lookAtPerson
	}
	profile, err := find(ctx, w, id)
	if profile == nil && err == nil {
		return nil, tracardi.Errorf(tracardi.NotFound, "there is no profile %q", id)
	}
	if err != nil {
		return nil, err
	}
	return w.meet(profile), nil
}

// meet adds somebody to those whose profiles the work may change.
func (w *Work) meet(profile *tracardi.Profile) *person {
	met := &person{Profile: profile, SaveProfile: !w.Payload.Options.SkipProfile}
	w.others = append(w.others, met)
	return met
}

const lockPatience = 100 * time.Millisecond

// lookFor locks a profile that is known by an id, and reads it; it is nil when there is none. Others may hold its lock and wait for
// one of this payload's. So it doesn't wait for long: the payload then begins again and takes all locks in their order.
func (p *Pipeline) lookFor(ctx context.Context, w *Work, id string) (*tracardi.Profile, error) {
	if name := profileLock(id); !w.locks.has(name) {
		soon, cancel := context.WithTimeout(ctx, lockPatience)
		defer cancel()
		if err := w.locks.take(soon, name); err != nil {
			if ctx.Err() == nil && soon.Err() != nil {
				w.earlier.wanted = append(w.earlier.wanted, id)
				w.around.Abandoned = true
				return nil, errAbandoned
			}
			return nil, err
		}
	}
	profile, err := p.profile(ctx, w.Payload.Tenant, id)
	if profile != nil || err != nil {
		return profile, err
	}
	current, _, err := p.alias(ctx, w.Payload.Tenant, id)
	if current == "" || err != nil {
		return nil, err
	}
	return p.lookFor(ctx, w, current)
}

var errAbandoned = tracardi.Errorf(tracardi.Conflict, "another payload changes the profile")
