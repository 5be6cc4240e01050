package pebble_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/expr"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

const acme = "acme"

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

// visit is an event and the profile that it changed, which has seen as many events as its version counts.
func visit(id, person string, version uint64, at time.Time) []storage.Write {
	stamp := tracardi.AppendTime(nil, at)
	body := func(format string, args ...any) []byte { return fmt.Appendf(nil, format, args...) }
	return []storage.Write{
		{Collection: storage.Events, Doc: storage.Doc{
			ID: id, Time: at, Unique: true,
			Body: body(`{"id":%q,"metadata":{"time":{"insert":%s}},"type":%q,"profile":{"id":%q},"n":%d,"text":%q}`,
				id, stamp, "type-"+strconv.FormatUint(version%3, 10), person, version, strings.Repeat(id, 20)),
		}},
		{Collection: storage.Profiles, Doc: storage.Doc{
			ID: person, Time: noon, Version: version,
			Body: body(`{"id":%q,"ids":[%q],"metadata":{"time":{"insert":%s}},"visits":%d}`, person, person, tracardi.AppendTime(nil, noon), version+1),
		}},
	}
}

func commit(s *pebble.Store, tenant string, writes []storage.Write) error {
	return s.Commit(&storage.ChangeSet{Tenant: tenant, Writes: writes}).Wait(context.Background())
}

// fill stores visits of four people, after those that are there, and returns how many each of them has.
func fill(t *testing.T, s *pebble.Store, tenant string, visits int) map[string]uint64 {
	t.Helper()
	has := map[string]uint64{}
	var tickets []storage.Ticket
	for i := range visits {
		person := "p" + strconv.Itoa(i%4)
		if i < 4 {
			docs, err := s.Read(t.Context(), tenant, storage.Profiles, []string{person})
			check(t, err)
			has[person] = docs[0].Version
		}
		n := has[person]
		set := visit(fmt.Sprintf("%s-%d", person, n), person, n, noon.Add(time.Duration(n)*time.Minute))
		tickets = append(tickets, s.Commit(&storage.ChangeSet{Tenant: tenant, Writes: set}))
		has[person]++
	}
	for _, ticket := range tickets {
		check(t, ticket.Wait(t.Context()))
	}
	return has
}

// consistent checks that documents, indexes, counters and columns of a tenant tell the same, and returns the events of each
// profile.
func consistent(t *testing.T, s *pebble.Store, tenant string) map[string]uint64 {
	t.Helper()
	ctx := t.Context()
	has, types, hours := map[string]uint64{}, map[string]int64{}, map[int64]int64{}
	total, seen := int64(0), map[string]bool{}
	for doc, err := range s.Scan(ctx, tenant, storage.Events, storage.Query{}) {
		check(t, err)
		var event struct {
			Type    string
			Profile struct{ ID string }
			N       uint64
		}
		check(t, json.Unmarshal(doc.Body, &event))
		if seen[doc.ID] {
			t.Errorf("event %s is there twice", doc.ID)
		}
		seen[doc.ID] = true
		has[event.Profile.ID]++
		types[event.Type]++
		hours[doc.Time.Unix()/3600]++
		total++
	}
	equal := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	n, err := s.Count(ctx, tenant, storage.Events, storage.Query{})
	check(t, err)
	equal("count of events", n, total)
	n, err = s.Count(ctx, tenant, storage.Events, storage.Query{Where: where(t, "n >= 0")})
	check(t, err)
	equal("count of events by a column", n, total)
	values, err := s.Top(ctx, tenant, storage.Events, storage.Query{}, "type", 100)
	check(t, err)
	gotTypes := map[string]int64{}
	for _, v := range values {
		gotTypes[v.Value.(string)] = v.Count
	}
	equal("types", gotTypes, types)
	buckets, err := s.Histogram(ctx, tenant, storage.Events, storage.Query{}, storage.Interval{Width: time.Hour}, "")
	check(t, err)
	gotHours := map[int64]int64{}
	for _, b := range buckets {
		gotHours[b.Time.Unix()/3600] = b.Count
	}
	equal("hours", gotHours, hours)
	people := 0
	for doc, err := range s.Scan(ctx, tenant, storage.Profiles, storage.Query{}) {
		check(t, err)
		people++
		var profile struct{ Visits uint64 }
		check(t, json.Unmarshal(doc.Body, &profile))
		equal("visits of "+doc.ID, profile.Visits, has[doc.ID])
		equal("version of "+doc.ID, doc.Version, has[doc.ID])
		n, err := s.Count(ctx, tenant, storage.Events, storage.Query{Where: where(t, fmt.Sprintf("profile.id = %q", doc.ID))})
		check(t, err)
		equal("events of "+doc.ID, uint64(n), has[doc.ID])
		n, err = s.Count(ctx, tenant, storage.Profiles, storage.Query{Where: where(t, fmt.Sprintf("ids CONTAINS %q", doc.ID))})
		check(t, err)
		equal("profiles with the id "+doc.ID, n, int64(1))
	}
	equal("profiles", people, len(has))
	n, err = s.Count(ctx, tenant, storage.Profiles, storage.Query{})
	check(t, err)
	equal("count of profiles", n, int64(len(has)))
	// Of many some are read by their ids, others each time: with the race detector the library notes where from each table is opened.
	ids := slices.Collect(maps.Keys(seen))
	docs, err := s.Read(ctx, tenant, storage.Events, ids[:min(len(ids), 1000)])
	check(t, err)
	for _, doc := range docs {
		if doc.Body == nil {
			t.Errorf("event %s can't be read by its id", doc.ID)
		}
	}
	return has
}

func where(t *testing.T, text string) *expr.Condition {
	t.Helper()
	c, err := expr.ParseSearch(text, "")
	check(t, err)
	return c
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	o := pebble.Options{SegmentRows: 16}
	s := open(t, dir, o)
	want := map[string]map[string]uint64{}
	var last uint64
	for round := range 4 {
		for i, tenant := range []string{acme, "other", "third"} {
			want[tenant] = fill(t, s, tenant, 30+10*i)
		}
		s.Settle(t)
		numbers := s.Numbers(t, acme, storage.Events)
		if fresh := numbers[30*round]; fresh <= last && round > 0 {
			t.Errorf("number %d was used again, after %d", fresh, last)
		}
		last = slices.Max(append(numbers, s.Numbers(t, "third", storage.Events)...))
		segments := s.Segments(acme, storage.Events)
		check(t, s.Close())
		s = open(t, dir, o)
		if diff := cmp.Diff(segments, s.Segments(acme, storage.Events)); diff != "" || len(segments) == 0 {
			t.Errorf("%d segments before and after (-before +after):\n%s", len(segments), diff)
		}
		for tenant := range want {
			if diff := cmp.Diff(want[tenant], consistent(t, s, tenant)); diff != "" {
				t.Errorf("tenant %s (-want +got):\n%s", tenant, diff)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	f := func(version []byte, want ...string) {
		t.Helper()
		dir := t.TempDir()
		s := open(t, dir, pebble.Options{})
		s.SetFormat(t, version)
		check(t, s.Close())
		s, err := pebble.Open(t.Context(), dir, pebble.Options{})
		if err == nil {
			t.Fatalf("a store with format %v opened: %v", version, s.Close())
		}
		for _, part := range append(want, dir) {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("got %q, want it to say %q", err, part)
			}
		}
	}
	f([]byte{2}, "format is version 2", "up to 1", "newer program")
	f([]byte{200, 1}, "format is version 200")
	f([]byte{}, "damaged")
	f([]byte{0}, "damaged")
	f([]byte{255}, "damaged")
}

func TestFolderInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, pebble.Options{})
	refused := func(err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), "in use") || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %v, want an error that says that %s is in use", err, dir)
		}
	}
	_, err := pebble.Open(t.Context(), dir, pebble.Options{})
	refused(err)
	out, err := childProcess(dir).CombinedOutput()
	if err == nil {
		t.Error("another process opened the folder")
	}
	refused(fmt.Errorf("%s", out))
	check(t, commit(s, acme, visit("e", "p", 0, noon)))
	check(t, s.Close())
	open(t, dir, pebble.Options{})
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(file, nil, 0o600))
	_, err := pebble.Open(t.Context(), filepath.Join(file, "records"), pebble.Options{})
	if err == nil || !strings.Contains(err.Error(), "folder of the records") {
		t.Errorf("got %v, want an error about the folder", err)
	}
}

func TestOpenWithEndedContext(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := pebble.Open(ctx, dir, pebble.Options{}); err == nil {
		t.Errorf("the store opened: %v", s.Close())
	}
	open(t, dir, pebble.Options{})
}

// TestReadsWaitForCommits asks before the change sets are on the disk. This store shows them all the same, so that a second
// request does not meet a conflict.
func TestReadsWaitForCommits(t *testing.T) {
	s := open(t, t.TempDir(), pebble.Options{})
	for n := range uint64(50) {
		id := strconv.FormatUint(n, 10)
		ticket := s.Commit(&storage.ChangeSet{Tenant: acme, Writes: visit(id, "p", n, noon)})
		docs, err := s.Read(t.Context(), acme, storage.Profiles, []string{"p"})
		check(t, err)
		total, err := s.Count(t.Context(), acme, storage.Events, storage.Query{})
		check(t, err)
		if docs[0].Version != n+1 || total != int64(n+1) {
			t.Fatalf("after change set %d there are version %d and %d events", n, docs[0].Version, total)
		}
		deleted, err := s.Delete(t.Context(), acme, storage.Events, []string{id})
		check(t, err)
		check(t, commit(s, acme, visit(id, "q", n, noon)[:1]))
		if deleted != 1 {
			t.Fatalf("event %s was not there to be deleted", id)
		}
		check(t, ticket.Wait(t.Context()))
	}
	ticket := s.Commit(&storage.ChangeSet{Tenant: acme, Writes: visit("late", "r", 0, noon)})
	check(t, s.Drop(t.Context(), acme))
	check(t, ticket.Wait(t.Context()))
	if n := s.Keys(t, acme); n != 0 {
		t.Errorf("%d keys of a dropped tenant are left", n)
	}
}

func TestDropLeavesNothing(t *testing.T) {
	s := open(t, t.TempDir(), pebble.Options{SegmentRows: 16})
	for range 3 {
		fill(t, s, acme, 100)
		check(t, s.Drop(t.Context(), acme))
		if n := s.Keys(t, acme); n != 0 {
			t.Errorf("%d keys of the tenant are left", n)
		}
	}
}

// TestDeletedDocumentsLeaveSegments checks that no column keeps what was deleted.
func TestDeletedDocumentsLeaveSegments(t *testing.T) {
	dir := t.TempDir()
	o := pebble.Options{SegmentRows: 16, Rewrite: time.Millisecond}
	s := open(t, dir, o)
	fill(t, s, acme, 64)
	s.Settle(t)
	var ids []string
	for doc, err := range s.Scan(t.Context(), acme, storage.Events, storage.Query{}) {
		check(t, err)
		ids = append(ids, doc.ID)
	}
	for _, part := range [][]string{ids[:16], ids[20:60:60]} {
		_, err := s.Delete(t.Context(), acme, storage.Events, part)
		check(t, err)
		s.Settle(t)
	}
	rows := 0
	for _, n := range s.Segments(acme, storage.Events) {
		rows += n
	}
	if rows != 8 {
		t.Errorf("the segments have %d rows, want the 8 that are left", rows)
	}
	n, err := s.Count(t.Context(), acme, storage.Events, storage.Query{Where: where(t, "n >= 0")})
	check(t, err)
	if n != 8 {
		t.Errorf("%d events are left, want 8", n)
	}
	check(t, s.Close())
	s = open(t, dir, o)
	if got := s.Segments(acme, storage.Events); len(got) == 0 || len(got) > 4 {
		t.Errorf("got segments %v", got)
	}
	_, err = s.Delete(t.Context(), acme, storage.Events, ids)
	check(t, err)
	eventually(t, "no segment is left", func() bool { return len(s.Segments(acme, storage.Events)) == 0 })
	fill(t, s, "other", 4)
}

// TestMemoryAtRest checks that an open store with something in it needs little memory.
func TestMemoryAtRest(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, pebble.Options{SegmentRows: 1000})
	for range 5 {
		fill(t, s, acme, 2000)
	}
	s.Flush(t)
	s.Settle(t)
	check(t, s.Close())
	s = open(t, dir, pebble.Options{})
	consistent(t, s, acme)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if used := m.HeapAlloc >> 20; used > 60 {
		t.Errorf("the heap has %d MB, want at most 60", used)
	}
}

const childFolder = "RECORDS_CHILD_FOLDER"

// childProcess is a process that opens a folder and writes into it until it is killed.
func childProcess(dir string) *exec.Cmd {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childFolder+"="+dir)
	return child
}
