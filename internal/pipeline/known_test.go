package pipeline_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// visit processes an event of a visitor who is known by some ids and returns the profile.
func (r *road) visit(t *testing.T, session string, known ...string) *tracardi.Profile {
	t.Helper()
	answer, err := r.Process(t.Context(), &tracardi.Payload{
		Tenant: tracardi.DefaultTenant, ID: uuid.NewString(), Source: tracardi.Ref{ID: r.source.ID}, Session: session, Known: known,
		Events: []tracardi.NewEvent{{Type: "page-view"}},
	}, &r.source, nil)
	if err != nil {
		t.Error(err)
		return &tracardi.Profile{}
	}
	profile := &tracardi.Profile{}
	r.document(t, storage.Profiles, answer.Profile, profile)
	return profile
}

func TestKnownIDs(t *testing.T) {
	type visit struct {
		session, known string
		want           int // number of the profile, in the order in which they were made
		marked         bool
	}
	for name, visits := range map[string][]visit{
		"one id":                              {{"s", "aid-1", 1, false}, {"s", "aid-1", 1, false}, {"t", "aid-1", 1, false}, {"u", "aid-2", 2, false}},
		"a visitor signs in":                  {{"s", "aid-1", 1, false}, {"s", "uid-1 aid-1", 1, false}, {"t", "uid-1", 1, false}, {"u", "aid-1", 1, false}},
		"a second device":                     {{"s", "uid-1 aid-1", 1, false}, {"t", "uid-1 aid-2", 1, false}, {"u", "aid-2", 1, false}},
		"both are known already":              {{"s", "uid-1", 1, false}, {"t", "aid-1", 2, false}, {"t", "uid-1 aid-1", 1, true}, {"t", "aid-1", 1, true}},
		"another person on the device":        {{"s", "uid-1 aid-1", 1, false}, {"s", "uid-2 aid-1", 2, false}, {"s", "uid-1 aid-1", 1, false}, {"t", "uid-2", 2, false}},
		"somebody says two accounts are one":  {{"s", "uid-1", 1, false}, {"t", "uid-2 uid-1", 1, false}, {"u", "uid-2", 1, false}},
		"two accounts are one, both had been": {{"s", "uid-1", 1, false}, {"t", "uid-2", 2, false}, {"t", "uid-2 uid-1", 2, true}, {"s", "uid-1", 1, false}},
		"a session does not decide":           {{"s", "uid-1", 1, false}, {"s", "uid-2", 2, false}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoad(t)
			var made []string
			for i, v := range visits {
				known := strings.Fields(v.known)
				p := r.visit(t, v.session, known...)
				if v.want > len(made) {
					made = append(made, p.ID)
				}
				if v.want > len(made) || p.ID != made[v.want-1] {
					t.Fatalf("visit %d (%s) belongs to %s, want number %d of %v", i, v.known, p.ID, v.want, made)
				}
				if !p.HasID(known[0]) {
					t.Errorf("visit %d: the profile is not known by %s: %v", i, known[0], p.IDs)
				}
				marked, _ := p.Metadata.System.Aux.Get("auto_merge")
				if (marked != nil) != v.marked {
					t.Errorf("visit %d (%s): auto_merge is %v", i, v.known, marked)
				}
			}
			if n := r.count(t, storage.Profiles, ""); n != int64(len(made)) {
				t.Errorf("%d profiles, want %d", n, len(made))
			}
		})
	}
}

func TestKnownIDsAtOnce(t *testing.T) {
	r := newRoad(t)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			known := [][]string{{"aid-1"}, {"uid-1", "aid-1"}, {"uid-1", "aid-2"}, {"uid-1"}}[i%4]
			r.visit(t, fmt.Sprintf("s%d", i%8), known...)
		})
	}
	all.Wait()
	// Which of the ids comes first is open, and with it how many profiles there were before the ids met.
	p := r.visit(t, "end", "uid-1", "aid-1", "aid-2")
	for _, id := range []string{"uid-1", "aid-1", "aid-2"} {
		if !p.HasID(id) {
			t.Errorf("not known by %s: %v", id, p.IDs)
		}
	}
	if n := r.count(t, storage.Profiles, `ids CONTAINS "uid-1"`); n != 1 {
		t.Errorf("%d profiles have the account, want 1", n)
	}
	if n := r.count(t, storage.Events, `type = "page-view"`); n != 41 {
		t.Errorf("%d events, want 41", n)
	}
}
