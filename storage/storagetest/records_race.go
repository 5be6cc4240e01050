package storagetest

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var recordsRaceTests = []recordsTest{
	{"forty writers of one profile lose no update", recordsLostUpdate},
	{"of forty creators one wins", recordsOneCreator},
	{"readers and writers do not hinder each other", recordsReadersAndWriters},
	{"deleting and writing at once leaves no ghosts", recordsDeleteRace},
}

func recordsLostUpdate(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	ok(t, commit(s, acme, profile("p", 0, noon, members{"visits": 0})))
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			for round := range rounds {
				for !visitOnce(t, s, fmt.Sprintf("e%d-%d", i, round)) {
				}
			}
		})
	}
	running.Wait()
	rs.refresh(t, s)
	got := read(t, s, acme, storage.Profiles, "p")[0]
	same(t, "visits", gjson.GetBytes(got.Body, "visits").Int(), writers*rounds)
	same(t, "version", got.Version, 1+writers*rounds)
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), writers*rounds)
	same(t, "events of the profile", count(t, s, acme, storage.Events, find(t, `profile.id = "p"`)), writers*rounds)
}

// visitOnce adds one to the profile's visits and stores an event. It tells whether that worked, or failed for good.
func visitOnce(t *testing.T, s storage.Records, id string) bool {
	docs, err := s.Read(context.Background(), acme, storage.Profiles, []string{"p"})
	if err != nil {
		t.Error(err)
		return true
	}
	visits := gjson.GetBytes(docs[0].Body, "visits").Int() + 1
	err = commit(s, acme, profile("p", docs[0].Version, noon, members{"visits": visits}), event(id, noon, members{"profile": members{"id": "p"}}))
	if tracardi.KindOf(err) == tracardi.Conflict {
		return false
	}
	if err != nil {
		t.Error(err)
	}
	return true
}

func recordsOneCreator(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	var running sync.WaitGroup
	var profiles, events atomic.Int64
	for range writers {
		running.Go(func() {
			unique := event("e", noon, nil)
			unique.Doc.Unique = true
			for w, won := range map[*storage.Write]*atomic.Int64{ptr(profile("p", 0, noon, nil)): &profiles, &unique: &events} {
				if err := commit(s, acme, *w); err == nil {
					won.Add(1)
				} else {
					wantKind(t, err, tracardi.Conflict)
				}
			}
		})
	}
	running.Wait()
	same(t, "profiles", profiles.Load(), 1)
	same(t, "events", events.Load(), 1)
}

func ptr[T any](v T) *T { return &v }

func recordsReadersAndWriters(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	const sets = 60
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for i := range 4 {
		writing.Go(func() {
			for n := range sets {
				at := noon.Add(time.Duration(n) * time.Second)
				id := fmt.Sprintf("%d-%d", i, n)
				if err := commit(s, acme, event("a"+id, at, members{"type": "a"}), event("b"+id, at, members{"type": "b"}), profile(id, 0, at, nil)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	questions := map[string]func() error{
		"count": func() error {
			_, err := s.Count(context.Background(), acme, storage.Events, storage.Query{})
			return err
		},
		"search": func() error {
			_, err := s.Search(context.Background(), acme, storage.Events, storage.Query{Limit: 50})
			return err
		},
		"scan": func() error {
			for _, err := range s.Scan(context.Background(), acme, storage.Profiles, storage.Query{}) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"top": func() error {
			_, err := s.Top(context.Background(), acme, storage.Events, storage.Query{}, "type", 3)
			return err
		},
		"read": func() error {
			_, err := s.Read(context.Background(), acme, storage.Events, []string{"a0-0", "b3-59"})
			return err
		},
	}
	for name, ask := range questions {
		reading.Go(func() {
			for {
				if err := ask(); err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()
	rs.refresh(t, s)
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), 4*sets*2)
	same(t, "profiles", count(t, s, acme, storage.Profiles, storage.Query{}), 4*sets)
	same(t, "events listed", len(searchAll(t, s, acme, storage.Events, storage.Query{})), 4*sets*2)
}

func recordsDeleteRace(t *testing.T, rs *recordsSuite) {
	s := rs.open(t)
	var running sync.WaitGroup
	var deleted, written atomic.Int64
	for i := range 4 {
		running.Go(func() {
			for n := range 60 {
				id := fmt.Sprintf("%d-%d", i, n)
				if err := commit(s, acme, event(id, noon.Add(time.Duration(n)*time.Minute), members{"type": "x", "profile": members{"id": strconv.Itoa(n % 3)}})); err != nil {
					t.Error(err)
				}
				written.Add(1)
				if n%2 == 0 {
					continue
				}
				gone, err := s.Delete(context.Background(), acme, storage.Events, []string{id, fmt.Sprintf("%d-%d", i, n/2)})
				if err != nil {
					t.Error(err)
				}
				deleted.Add(int64(gone))
			}
		})
		running.Go(func() { // a profile that comes and goes
			for n := range 60 {
				docs, err := s.Read(context.Background(), acme, storage.Profiles, []string{"p"})
				if err != nil {
					t.Error(err)
					return
				}
				if err := commit(s, acme, profile("p", docs[0].Version, noon.Add(time.Duration(n)*time.Hour), members{"ids": []string{strconv.Itoa(n)}})); err != nil {
					wantKind(t, err, tracardi.Conflict)
				}
				if n%5 == i {
					if _, err := s.Delete(context.Background(), acme, storage.Profiles, []string{"p"}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	running.Wait()
	rs.refresh(t, s)
	left := written.Load() - deleted.Load()
	same(t, "events", count(t, s, acme, storage.Events, storage.Query{}), left)
	same(t, "events listed", int64(len(searchAll(t, s, acme, storage.Events, storage.Query{}))), left)
	same(t, "events by type", count(t, s, acme, storage.Events, find(t, `type = "x"`)), left)
	byKey := int64(0)
	for _, id := range []string{"0", "1", "2"} {
		byKey += count(t, s, acme, storage.Events, find(t, fmt.Sprintf("profile.id = %q", id)))
	}
	same(t, "events by profile", byKey, left)
	docs := searchAll(t, s, acme, storage.Profiles, storage.Query{})
	same(t, "profiles", count(t, s, acme, storage.Profiles, storage.Query{}), int64(len(docs)))
	same(t, "profiles that can be read", read(t, s, acme, storage.Profiles, "p")[0].Version > 0, len(docs) == 1)
}
