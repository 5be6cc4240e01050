package storagetest

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

var configRaceTests = []test[storage.Config]{
	{"forty writers lose no update", configLostUpdate},
	{"of forty creators one wins", configOneCreator},
	{"a follower sees every change of many writers", configFollowRace},
}

const (
	writers = 40
	rounds  = 5 // of each writer
)

func configLostUpdate(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	counter := source("counter", 0)
	counter.Data = json.RawMessage(`0`)
	put(t, s, counter)
	var running sync.WaitGroup
	views := []storage.Config{s, cs.peer(t, s), cs.peer(t, s)}
	for i := range writers {
		view := views[i%len(views)]
		running.Go(func() {
			for range rounds {
				for !increment(t, view, counter) {
				}
			}
		})
	}
	running.Wait()
	got := get(t, s, counter)
	same(t, "counter", string(got.Data), strconv.Itoa(writers*rounds))
	same(t, "version", got.Version, 1+writers*rounds)
}

// increment adds one to the number in an item and tells whether that worked, or failed for good.
func increment(t *testing.T, s storage.Config, like storage.Item) bool {
	item, err := s.Get(context.Background(), like.Tenant, like.Kind, like.ID)
	if err != nil {
		t.Error(err)
		return true
	}
	n, err := strconv.Atoi(string(item.Data))
	if err != nil {
		t.Error(err)
		return true
	}
	item.Data = strconv.AppendInt(nil, int64(n)+1, 10)
	if _, err = s.Put(context.Background(), item); tracardi.KindOf(err) == tracardi.Conflict {
		return false
	}
	if err != nil {
		t.Error(err)
	}
	return true
}

func configOneCreator(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	var running sync.WaitGroup
	var won atomic.Int64
	views := []storage.Config{s, cs.peer(t, s), cs.peer(t, s)}
	for i := range writers {
		view := views[i%len(views)]
		running.Go(func() {
			item := source("a", 0)
			item.Data = strconv.AppendInt(nil, int64(i), 10)
			stored, err := view.Put(context.Background(), item)
			if err != nil {
				wantKind(t, err, tracardi.Conflict)
				return
			}
			won.Add(1)
			same(t, "data of the winner", string(get(t, view, stored).Data), string(item.Data))
		})
	}
	running.Wait()
	same(t, "winners", won.Load(), 1)
}

func configFollowRace(t *testing.T, cs *configSuite) {
	s := cs.open(t)
	f := follow(cs.peer(t, s))
	var running sync.WaitGroup
	for i := range writers {
		running.Go(func() {
			for round := range rounds {
				item := source(strconv.Itoa(i)+"-"+strconv.Itoa(round), 0)
				if _, err := s.Put(context.Background(), item); err != nil {
					t.Error(err)
				}
				if round%2 == 1 {
					if err := s.Delete(context.Background(), item.Tenant, item.Kind, item.ID); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { running.Wait(); close(done) }()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		f.catchUp(t)
	}
	want := map[storage.Change]bool{}
	for _, item := range list(t, s, "acme", "source") {
		want[key(item.Tenant, item.Kind, item.ID)] = true
	}
	same(t, "number of items", len(want), writers*(rounds+1)/2)
	same(t, "items that the follower knows", f.items, want)
}
