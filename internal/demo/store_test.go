package demo_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/internal/collect"
	"github.com/tracardi/tracardi-go/internal/demo"
	"github.com/tracardi/tracardi-go/internal/identity"
	"github.com/tracardi/tracardi-go/internal/pipeline"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// counts is what a store holds of a load.
type counts struct {
	Events, OwnEvents, Profiles, Sessions, Named, LastDay, Orders int64
}

func TestSecondLoadStoresNothing(t *testing.T) {
	store, err := pebble.Open(t.Context(), t.TempDir(), pebble.Options{})
	if err != nil {
		t.Fatal(err)
	}
	config, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "config.db"))
	if err != nil {
		t.Fatal(err)
	}
	locks := memory.NewLocks()
	t.Cleanup(func() {
		for _, closing := range []func() error{store.Close, config.Close, locks.Close} {
			if err := closing(); err != nil {
				t.Error(err)
			}
		}
	})
	road := pipeline.Options{
		Records: store, Locks: locks, Hasher: identity.New(make([]byte, 32)), Agents: pipeline.NewAgents(),
		SystemEvents: true, Instance: "test", Log: slog.New(slog.DiscardHandler),
	}
	for range 2 { // sources that are there already stay
		if err := demo.MakeSources(t.Context(), config); err != nil {
			t.Fatal(err)
		}
	}
	plan := demo.DefaultPlan()
	plan.Profiles, plan.Events = 60, 900
	now := func() counts {
		t.Helper()
		count := func(c storage.Collection, query string) int64 {
			where, err := expr.ParseSearch(query, string(c))
			if err != nil {
				t.Fatal(err)
			}
			n, err := store.Count(t.Context(), tracardi.DefaultTenant, c, storage.Query{Where: where})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		day, err := store.Count(t.Context(), tracardi.DefaultTenant, storage.Sessions, storage.Query{From: plan.End.Add(-24 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return counts{
			Events: count(storage.Events, ""), OwnEvents: count(storage.Events, `source.id = "@internal"`), Profiles: count(storage.Profiles, ""),
			Sessions: count(storage.Sessions, ""), Named: count(storage.Profiles, "data.contact.email.main EXISTS"), LastDay: day,
			Orders: count(storage.Events, `type = "order-completed" AND source.id = "demo-server" AND profile.id EXISTS`),
		}
	}
	load := demo.Load{Plan: plan, NewSender: func() demo.Sender { return demo.LocalSender(road) }}
	if err := load.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	first := now()
	if first.Events-first.OwnEvents != 900 || first.Profiles != 60 || first.Named == 0 || first.Orders == 0 || first.LastDay > first.Sessions/4 {
		t.Errorf("loaded: %+v", first)
	}
	load.Plan.End = load.Plan.End.Add(26 * time.Hour) // on another day
	if err := load.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, now()); diff != "" {
		t.Errorf("the second load changed something:\n%s", diff)
	}

	ws, err := workspace.Open(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	collect.New(collect.Options{Workspace: ws, Process: pipeline.New(road).Process, Queue: store.Queue(), Log: road.Log}).Routes(mux)
	server := httptest.NewServer(mux)
	defer server.Close()
	remote, err := demo.NewRemote(server.URL, "")
	if err != nil {
		t.Fatal(err)
	}
	defer remote.Close()
	load.NewSender = remote.Sender
	if err := load.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, now()); diff != "" {
		t.Errorf("the load over HTTP changed something:\n%s", diff)
	}
	load.Plan.Seed++
	if err := load.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if both := now(); both.Profiles != 120 || both.Events-both.OwnEvents != 1800 {
		t.Errorf("with another seed: %+v", both)
	}
}

func TestRemoteExplains(t *testing.T) {
	if _, err := demo.NewRemote("localhost:8686", ""); tracardi.KindOf(err) != tracardi.Invalid {
		t.Errorf("error %v", err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, `{"detail": "no"}`, http.StatusUnauthorized)
	}))
	defer server.Close()
	for _, token := range []string{"", "wrong"} {
		remote, err := demo.NewRemote(server.URL, token)
		if err != nil {
			t.Fatal(err)
		}
		err = remote.MakeSources(t.Context())
		if err == nil {
			err = (&demo.Load{Plan: demo.Plan{Profiles: 1, Events: 1, Days: 1}, NewSender: remote.Sender}).Run(t.Context())
		}
		if err == nil {
			t.Errorf("token %q: no error", token)
		}
		remote.Close()
	}
}
