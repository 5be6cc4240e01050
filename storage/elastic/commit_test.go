package elastic_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
	"github.com/tracardi/tracardi-go/storage/storagetest"
)

const tenant = "acme"

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func write(c storage.Collection, id string, version uint64, members string) storage.Write {
	stamp := `"metadata":{"time":{"insert":"2026-03-14T12:00:00.000000Z"}}`
	body := fmt.Sprintf(`{"id":%q,%s%s}`, id, stamp, members)
	return storage.Write{Collection: c, Doc: storage.Doc{ID: id, Time: noon, Version: version, Body: []byte(body)}}
}

// payload is a change set like those of the platform: a profile with keys, its session, an entity and events.
func payload(name string, profile, session uint64) []storage.Write {
	writes := []storage.Write{
		write(storage.Profiles, "p", profile, `,"ids":["p","k-`+name+`"],"visits":`+fmt.Sprint(profile+1)),
		write(storage.Sessions, "s", session, `,"profile":{"id":"p"}`),
		write(storage.Entities, "n-"+name, 0, `,"type":"house"`),
		write(storage.Events, "a-"+name, 0, `,"type":"view"`),
		write(storage.Events, "b-"+name, 0, `,"type":"view"`),
	}
	writes[3].Doc.Unique, writes[4].Doc.Unique = true, true
	return writes
}

func holds(t *testing.T, key string) *expr.Condition {
	t.Helper()
	return expr.Holds(expr.MustPath("ids"), key)
}

func commit(s storage.Records, tenant string, writes []storage.Write) error {
	return s.Commit(&storage.ChangeSet{Tenant: tenant, Writes: writes}).Wait(context.Background())
}

func read(t *testing.T, s storage.Records, tenant string, c storage.Collection, id string) storage.Doc {
	t.Helper()
	docs, err := s.Read(context.Background(), tenant, c, []string{id})
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}

// TestDeathBetweenSteps ends a process after each step of a change set, and in the middle of each. Another process must find
// the change set whole or not at all, as soon as it reads the documents that the pipeline reads, and sending it again must store
// it once.
func TestDeathBetweenSteps(t *testing.T) {
	for _, server := range servers[:2] {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			web := storagetest.Server(t, server.variable)
			at := address(t, server.scheme, web)
			other := fresh(t, at)
			survived, whole := 0, 0
			for steps := 0; survived == 0; steps++ {
				outcome := dieAfter(t, other, at, steps)
				if outcome == "whole" {
					whole++
				}
				if outcome == "acknowledged" {
					survived++
				}
				if steps > 20 {
					t.Fatal("the change set never ends")
				}
			}
			if whole < 2 {
				t.Errorf("only %d deaths after the decision, so the test does not reach what it is for", whole)
			}
		})
	}
}

func dieAfter(t *testing.T, other *elastic.Store, at string, steps int) (outcome string) {
	t.Helper()
	tenant := fmt.Sprintf("death %d", steps)
	if err := commit(other, tenant, payload("first", 0, 0)); err != nil {
		t.Fatal(err)
	}
	a, err := elastic.ParseAddress(at)
	if err != nil {
		t.Fatal(err)
	}
	dying := elastic.OpenMortal(t, a, steps)
	err = commit(dying, tenant, payload("second", 1, 1))
	acknowledged := err == nil
	if err != nil && tracardi.KindOf(err) != tracardi.Unavailable {
		t.Errorf("after %d steps: got %v, want an error that assumes nothing", steps, err)
	}
	if err := dying.Close(); err != nil {
		t.Error(err)
	}

	profile := read(t, other, tenant, storage.Profiles, "p")
	session := read(t, other, tenant, storage.Sessions, "s")
	entity := read(t, other, tenant, storage.Entities, "n-second")
	a1, b1 := read(t, other, tenant, storage.Events, "a-second"), read(t, other, tenant, storage.Events, "b-second")
	page, err := other.Search(t.Context(), tenant, storage.Profiles, storage.Query{Where: holds(t, "k-second")})
	if err != nil {
		t.Fatal(err)
	}
	state := fmt.Sprint(profile.Version, session.Version, entity.Version, len(a1.Body) > 0, len(b1.Body) > 0, len(page.Docs))
	switch {
	case state == "2 2 1 true true 1" && acknowledged:
		return "acknowledged"
	case state == "2 2 1 true true 1":
		outcome = "whole"
	case state == "1 1 0 false false 0" && !acknowledged:
		outcome = "nothing"
	default:
		t.Fatalf("after %d steps, acknowledged %v, the change set is there in part: %s", steps, acknowledged, state)
	}
	err = commit(other, tenant, payload("second", 1, 1))
	if again := tracardi.KindOf(err) == tracardi.Conflict && err != nil; again != (outcome == "whole") {
		t.Errorf("after %d steps, %s: sending again gave %v", steps, outcome, err)
	}
	if got := read(t, other, tenant, storage.Profiles, "p"); got.Version != 2 {
		t.Errorf("after %d steps and sending again: version %d, want 2", steps, got.Version)
	}
	return outcome
}

// TestReadingWaits reads, in the process that is at work on it, a document of a change set that is decided and not finished, as after
// an outage: who sees one of its documents must see the others too.
func TestReadingWaits(t *testing.T) {
	server := servers[0]
	at := address(t, server.scheme, storagetest.Server(t, server.variable))
	fresh(t, at)
	a, err := elastic.ParseAddress(at)
	if err != nil {
		t.Fatal(err)
	}
	s, resume := elastic.OpenHalting(t, a)
	defer s.Close() //nolint:errcheck // of a test
	ticket := s.Commit(&storage.ChangeSet{Tenant: tenant, Writes: payload("first", 0, 0)})
	seen := make(chan [2]uint64, 1)
	go func() {
		defer close(seen)
		for {
			docs, err := s.Read(t.Context(), tenant, storage.Profiles, []string{"p"})
			if err != nil {
				t.Error(err)
				return
			}
			if docs[0].Version > 0 {
				sessions, err := s.Read(t.Context(), tenant, storage.Sessions, []string{"s"})
				if err != nil {
					t.Error(err)
					return
				}
				seen <- [2]uint64{docs[0].Version, sessions[0].Version}
				return
			}
		}
	}()
	select {
	case versions := <-seen:
		t.Fatalf("versions %d of profile and session were seen before the change was finished", versions)
	case <-time.After(time.Second):
	}
	resume()
	if versions := <-seen; versions != [2]uint64{1, 1} {
		t.Errorf("saw versions %d of profile and session, want 1 and 1", versions)
	}
	if err := ticket.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestLookUpBeforeRefresh finds profiles by their keys at once, in another process, however many share a key.
func TestLookUpBeforeRefresh(t *testing.T) {
	for _, server := range servers {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			at := address(t, server.scheme, storagetest.Server(t, server.variable))
			writer, reader := fresh(t, at), open(t, at)
			defer reader.Close() //nolint:errcheck // of a test
			for i := range 8 {
				id := fmt.Sprintf("p%d", i)
				w := write(storage.Profiles, id, 0, `,"ids":["`+id+`","shared"],"data":{"contact":{"email":{"main":"m`+id+`"}}}`)
				if err := commit(writer, tenant, []storage.Write{w}); err != nil {
					t.Fatal(err)
				}
				for key, want := range map[string]int{"shared": i + 1, id: 1, "nobody": 0} {
					page, err := reader.Search(t.Context(), tenant, storage.Profiles, storage.Query{Where: holds(t, key)})
					if err != nil || len(page.Docs) != want {
						t.Fatalf("%q found %d of %d profiles: %v", key, len(page.Docs), want, err)
					}
				}
			}
			if n, err := writer.Delete(t.Context(), tenant, storage.Profiles, []string{"p1"}); n != 1 || err != nil {
				t.Fatal(n, err)
			}
			page, err := reader.Search(t.Context(), tenant, storage.Profiles, storage.Query{Where: holds(t, "shared")})
			if err != nil || len(page.Docs) != 7 {
				t.Fatalf("after a deletion found %d profiles: %v", len(page.Docs), err)
			}
		})
	}
}

// TestTwoProcesses lets two processes change the same documents, without locks: no update of the deciding document gets lost.
func TestTwoProcesses(t *testing.T) {
	for _, server := range servers[:2] {
		t.Run(server.name, func(t *testing.T) {
			t.Parallel()
			at := address(t, server.scheme, storagetest.Server(t, server.variable))
			stores := []*elastic.Store{fresh(t, at), open(t, at)}
			defer stores[1].Close() //nolint:errcheck // of a test
			const rounds = 20
			done := make(chan error)
			for i, s := range stores {
				go func() {
					var err error
					for n := 0; n < rounds && err == nil; {
						version := read(t, s, tenant, storage.Profiles, "p").Version
						session := read(t, s, tenant, storage.Sessions, "s").Version
						err = commit(s, tenant, payload(fmt.Sprintf("%d-%d", i, n), version, session))
						if err == nil {
							n++
						} else if tracardi.KindOf(err) == tracardi.Conflict {
							err = nil
						}
					}
					done <- err
				}()
			}
			for range stores {
				if err := <-done; err != nil {
					t.Fatal(err)
				}
			}
			if got := read(t, stores[0], tenant, storage.Profiles, "p").Version; got != 2*rounds {
				t.Errorf("%d changes of the profile are left, want %d", got, 2*rounds)
			}
		})
	}
}
