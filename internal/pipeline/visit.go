package pipeline

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/identity"
)

//go:embed tables/freemail.txt
var freemailText string

// freemail holds the domains where anybody gets a mailbox.
var freemail = sync.OnceValue(func() map[string]bool {
	domains := map[string]bool{}
	for line := range strings.Lines(freemailText) {
		domains[strings.TrimSpace(line)] = true
	}
	return domains
})

// visit counts the visits of the profile.
func visit(w *Work) error {
	p, s := w.Profile, w.Session
	if p == nil {
		return nil
	}
	if w.SessionStarted {
		v := &p.Metadata.Time.Visit
		v.Last, v.Current = v.Current, w.Now
		v.Count++
		p.Stats.Visits++
		w.ProfileChanged = true
	}
	if tz := s.Context.Text("time", "tz"); tz != "" && tz != p.Metadata.Time.Visit.TZ {
		p.Metadata.Time.Visit.TZ = tz
		w.ProfileChanged = true
	}
	return nil
}

// sessionState sets what follows from the events: the state of the visit and how long it lasts.
func sessionState(w *Work) error {
	s := w.Session
	for _, e := range w.Events {
		switch e.Type {
		case visitStarted:
			s.Metadata.Status = tracardi.SessionStarted
		case visitEnded:
			s.Metadata.Status = tracardi.SessionEnded
		default:
			s.Metadata.Status = tracardi.SessionActive
		}
	}
	s.Metadata.Time.Duration = sessionSeconds(w)
	return nil
}

// sessionSeconds is how long the session lasts by now.
func sessionSeconds(w *Work) float64 {
	return max(0, float64(w.Now.Sub(w.Session.Metadata.Time.Insert).Microseconds())/1e6)
}

// conclusions sets what follows from the profiles that were made or changed: are they anonymous, is their mailbox a free one, and,
// once they can be named, their primary id.
func conclusions(w *Work) error { return w.each(w.conclude) }

func (w *Work) conclude() error {
	p := w.Profile
	if p == nil || !p.New && !w.ProfileChanged {
		return nil
	}
	if err := w.SetField(nil, anonymous(&p.Data), "data", "anonymous"); err != nil {
		return err
	}
	if _, domain, found := strings.Cut(p.Data.Text("contact", "email", "main"), "@"); found {
		free := freemail()[strings.ToLower(strings.TrimSpace(domain))]
		if err := w.SetField(nil, free, "aux", "email", "free"); err != nil {
			return err
		}
	}
	if p.PrimaryID == "" {
		p.PrimaryID = identity.Primary(p.IDs)
	}
	for _, v := range w.visits() {
		if v.Session.Profile.ID == p.ID {
			v.Session.Profile.PrimaryID = p.PrimaryID
		}
	}
	for _, e := range w.Events {
		if e.Profile.ID == p.ID {
			e.Profile.PrimaryID = p.PrimaryID
		}
	}
	return nil
}

// anonymous tells whether there is no way to reach the person: no e-mail address, phone number or app.
func anonymous(data *tracardi.Object) bool {
	for _, group := range []string{"email", "phone", "app"} {
		value, _ := data.Get("contact", group)
		ways, _ := value.(map[string]any)
		for _, way := range ways {
			switch way := way.(type) {
			case string:
				if way != "" {
					return false
				}
			case map[string]any:
				if len(way) > 0 {
					return false
				}
			}
		}
	}
	return true
}
