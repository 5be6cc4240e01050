package workspace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/workspace"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) storage.Config {
	t.Helper()
	config, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "config.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := config.Close(); err != nil {
			t.Error(err)
		}
	})
	return config
}

func openWorkspace(t *testing.T, config storage.Config) (w *workspace.Workspace, logged *bytes.Buffer) {
	t.Helper()
	logged = &bytes.Buffer{}
	w, err := workspace.Open(t.Context(), config, slog.New(slog.NewTextHandler(logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return w, logged
}

func put(t *testing.T, config storage.Config, tenant string, source tracardi.Source) workspace.Entry[tracardi.Source] {
	t.Helper()
	kind := workspace.Sources(config)
	entry := workspace.Entry[tracardi.Source]{ID: source.ID, Name: source.Name, Value: source}
	if old, err := kind.Get(t.Context(), tenant, source.ID); err == nil {
		entry.Version = old.Version
	}
	entry, err := kind.Put(t.Context(), tenant, entry)
	if err != nil {
		t.Fatal(err)
	}
	return entry
}

func refresh(t *testing.T, w *workspace.Workspace) {
	t.Helper()
	if err := w.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func names(s *workspace.Snapshot) (names []string) {
	for _, source := range s.Sources {
		names = append(names, source.Name)
	}
	slices.Sort(names)
	return names
}

func TestSnapshotFollowsTheConfiguration(t *testing.T) {
	config := open(t)
	put(t, config, "a", tracardi.Source{ID: "web", Name: "Web", Types: []string{"rest"}, WriteKey: "key-1", Enabled: true})
	w, _ := openWorkspace(t, config)
	if got := w.Snapshot("a"); got.Sources["web"] == nil || got.SourcesByKey["key-1"] != got.Sources["web"] {
		t.Fatalf("the source that was there before is missing: %+v", got)
	}
	if got := w.Snapshot("b"); len(got.Sources) != 0 || got.Sources["web"] != nil || got.Redirects["x"] != nil {
		t.Fatalf("an unknown tenant has %+v", got)
	}

	before := w.Snapshot("a")
	put(t, config, "a", tracardi.Source{ID: "web", Name: "Web 2"})
	put(t, config, "a", tracardi.Source{ID: "app", Name: "App"})
	put(t, config, "b", tracardi.Source{ID: "web", Name: "Web of b"})
	refresh(t, w)
	if diff := cmp.Diff([]string{"App", "Web 2"}, names(w.Snapshot("a"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Web of b"}, names(w.Snapshot("b"))); diff != "" {
		t.Error(diff)
	}
	if len(w.Snapshot("a").SourcesByKey) != 0 {
		t.Error("the key that the source has no more still leads to it")
	}
	if diff := cmp.Diff([]string{"Web"}, names(before)); diff != "" {
		t.Errorf("a snapshot changed under its reader: %s", diff)
	}
	if w.Snapshot("a").Revision <= before.Revision {
		t.Error("the revision did not grow")
	}

	if err := workspace.Sources(config).Delete(t.Context(), "a", "web"); err != nil {
		t.Fatal(err)
	}
	if err := config.Drop(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	refresh(t, w)
	if diff := cmp.Diff([]string{"App"}, names(w.Snapshot("a"))); diff != "" {
		t.Error(diff)
	}
	if len(w.Snapshot("b").Sources) != 0 {
		t.Error("a removed tenant still has sources")
	}
}

func TestRefreshReloadsOnlyWhatChanged(t *testing.T) {
	config := open(t)
	redirects := workspace.Redirects(config)
	put(t, config, "a", tracardi.Source{ID: "web", Name: "Web"})
	if _, err := redirects.Put(t.Context(), "a", workspace.Entry[tracardi.Redirect]{ID: "r", Value: tracardi.Redirect{ID: "r"}}); err != nil {
		t.Fatal(err)
	}
	w, _ := openWorkspace(t, config)
	before := w.Snapshot("a")
	refresh(t, w)
	if w.Snapshot("a") != before {
		t.Error("nothing changed, yet there is a new snapshot")
	}
	put(t, config, "a", tracardi.Source{ID: "web", Name: "New"})
	refresh(t, w)
	after := w.Snapshot("a")
	if after.Sources["web"] == before.Sources["web"] || after.Redirects["r"] != before.Redirects["r"] {
		t.Error("want a new source and the same redirect as before")
	}
}

func TestBrokenItemIsLeftOut(t *testing.T) {
	config := open(t)
	put(t, config, "a", tracardi.Source{ID: "web", Name: "Web"})
	item := storage.Item{Tenant: "a", Kind: workspace.KindSource, ID: "broken", Data: json.RawMessage(`{"types": 7}`)}
	if _, err := config.Put(t.Context(), item); err != nil {
		t.Fatal(err)
	}
	w, logged := openWorkspace(t, config)
	if diff := cmp.Diff([]string{"Web"}, names(w.Snapshot("a"))); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(logged.String(), "broken") {
		t.Errorf("the log does not name the broken source: %s", logged)
	}
}

func TestFirstOwnerOfAWriteKeyKeepsIt(t *testing.T) {
	config := open(t)
	put(t, config, "a", tracardi.Source{ID: "2", Name: "B", WriteKey: "key"})
	put(t, config, "a", tracardi.Source{ID: "1", Name: "A", WriteKey: "key"})
	w, _ := openWorkspace(t, config)
	if got := w.Snapshot("a").SourcesByKey["key"].ID; got != "1" {
		t.Errorf("got source %s, want the first by name", got)
	}
}

func TestOnChange(t *testing.T) {
	config := open(t)
	w, _ := openWorkspace(t, config)
	var calls []string
	w.OnChange(func(tenant, kind string) {
		seen := len(w.Snapshot("a").Sources)
		calls = append(calls, tenant+" "+kind+strings.Repeat("!", seen))
	})
	put(t, config, "a", tracardi.Source{ID: "1", Name: "A"})
	put(t, config, "a", tracardi.Source{ID: "2", Name: "B"})
	if _, err := config.Put(t.Context(), storage.Item{Tenant: "b", Kind: "flow", ID: "f", Data: json.RawMessage(`{}`)}); err != nil {
		t.Fatal(err)
	}
	refresh(t, w)
	refresh(t, w)
	slices.Sort(calls)
	if diff := cmp.Diff([]string{"a source!!", "b flow!!"}, calls); diff != "" {
		t.Error(diff)
	}
}

// unsteady is a configuration whose history can be lost and which can fail, as it happens to the real ones.
type unsteady struct {
	storage.Config
	forgotten bool
	newest    int64 // when above 0: an older copy of the database
	failing   bool
}

func (u *unsteady) Changes(ctx context.Context, after int64) ([]storage.Change, int64, error) {
	if after > 0 && u.forgotten {
		return nil, 9, tracardi.Errorf(tracardi.NotFound, "forgotten")
	}
	if after > 0 && u.newest > 0 {
		return nil, u.newest, nil
	}
	return u.Config.Changes(ctx, after)
}

func (u *unsteady) List(ctx context.Context, tenant, kind string) ([]storage.Item, error) {
	if u.failing {
		return nil, tracardi.Errorf(tracardi.Unavailable, "the store is away")
	}
	return u.Config.List(ctx, tenant, kind)
}

func TestLostHistoryLoadsEverythingAnew(t *testing.T) {
	for name, lose := range map[string]func(u *unsteady){
		"forgotten":  func(u *unsteady) { u.forgotten = true },
		"older copy": func(u *unsteady) { u.newest = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			u := &unsteady{Config: open(t)}
			put(t, u, "a", tracardi.Source{ID: "1", Name: "A"})
			put(t, u, "gone", tracardi.Source{ID: "1", Name: "A"})
			w, _ := openWorkspace(t, u)
			if err := u.Drop(t.Context(), "gone"); err != nil {
				t.Fatal(err)
			}
			put(t, u, "b", tracardi.Source{ID: "1", Name: "B"})
			lose(u)
			refresh(t, w)
			if len(w.Snapshot("gone").Sources) != 0 || len(w.Snapshot("a").Sources) != 1 || len(w.Snapshot("b").Sources) != 1 {
				t.Errorf("gone %v, a %v, b %v", names(w.Snapshot("gone")), names(w.Snapshot("a")), names(w.Snapshot("b")))
			}
		})
	}
}

func TestFailedRefreshKeepsTheSnapshotAndTriesAgain(t *testing.T) {
	u := &unsteady{Config: open(t)}
	w, _ := openWorkspace(t, u)
	put(t, u, "a", tracardi.Source{ID: "1", Name: "A"})
	u.failing = true
	if err := w.Refresh(t.Context()); tracardi.KindOf(err) != tracardi.Unavailable {
		t.Fatalf("got %v, want Unavailable", err)
	}
	if len(w.Snapshot("a").Sources) != 0 {
		t.Error("a failed refresh changed the snapshot")
	}
	u.failing = false
	refresh(t, w)
	if len(w.Snapshot("a").Sources) != 1 {
		t.Error("the change was lost with the failure")
	}
}

func TestRunSeesChangesOfOthers(t *testing.T) {
	config := open(t)
	w, _ := openWorkspace(t, config)
	ctx, cancel := context.WithCancel(t.Context())
	changed := make(chan struct{}, 1)
	w.OnChange(func(string, string) { changed <- struct{}{} })
	var group sync.WaitGroup
	group.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
	put(t, config, "a", tracardi.Source{ID: "1", Name: "A"})
	select {
	case <-changed:
	case <-time.After(time.Minute):
		t.Error("the change was not seen")
	}
	cancel()
	group.Wait()
	if len(w.Snapshot("a").Sources) != 1 {
		t.Error("the snapshot lacks the change")
	}
}

func TestReadersNeverWait(t *testing.T) {
	config := open(t)
	w, _ := openWorkspace(t, config)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for last := int64(0); ctx.Err() == nil; {
				s := w.Snapshot("a")
				if s.Revision < last || s.Revision > 0 && s.Sources["1"] == nil {
					t.Errorf("revision %d after %d with %v", s.Revision, last, names(s))
					return
				}
				last = s.Revision
			}
		})
	}
	for range 20 {
		put(t, config, "a", tracardi.Source{ID: "1", Name: "A"})
		refresh(t, w)
	}
	cancel()
	readers.Wait()
}

func TestKind(t *testing.T) {
	kind := workspace.Sources(open(t))
	source := tracardi.Source{ID: "web", Name: "Web", Types: []string{"rest"}, Enabled: true}
	created, err := kind.Put(t.Context(), "a", workspace.Entry[tracardi.Source]{ID: "web", Name: "Web", Value: source})
	if err != nil {
		t.Fatal(err)
	}
	got, err := kind.Get(t.Context(), "a", "web")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(created, got); diff != "" {
		t.Errorf("what was read differs from what was written: %s", diff)
	}
	if _, err := kind.Put(t.Context(), "a", workspace.Entry[tracardi.Source]{ID: "web"}); tracardi.KindOf(err) != tracardi.Conflict {
		t.Errorf("creating it twice gave %v, want Conflict", err)
	}
	list, err := kind.List(t.Context(), "a")
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v", list, err)
	}
	if diff := cmp.Diff(got, list[0]); diff != "" {
		t.Error(diff)
	}
	if _, err := kind.Get(t.Context(), "b", "web"); tracardi.KindOf(err) != tracardi.NotFound {
		t.Errorf("another tenant got %v, want NotFound", err)
	}
	if err := kind.Delete(t.Context(), "a", "web"); err != nil {
		t.Error(err)
	}
	if _, err := kind.Get(t.Context(), "a", "web"); tracardi.KindOf(err) != tracardi.NotFound {
		t.Errorf("after the deletion got %v, want NotFound", err)
	}
}
