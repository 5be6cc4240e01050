package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// visitor is a profile and its session, as they are stored.
type visitor struct{ profile, session json.RawMessage }

// storeAlone writes events with our store, a change set and a sync at a time, and returns events a second. With visitors it
// also writes what processing changes along with an event: the profile and the session of one visitor after another.
func storeAlone(ctx context.Context, events [][]byte, visitors []visitor, perBatch int, d time.Duration) (float64, error) {
	dir, err := os.MkdirTemp("", "tracardi-bench-store-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // left-overs in the temporary folder do no harm
	store, err := pebble.Open(ctx, dir, pebble.Options{})
	if err != nil {
		return 0, err
	}
	defer func() { _ = store.Close() }() // nothing of it is kept
	started, written := time.Now(), 0
	for time.Since(started) < d && ctx.Err() == nil {
		set := &storage.ChangeSet{Tenant: "default"}
		put := func(c storage.Collection, doc storage.Doc) {
			doc.Time = started
			set.Writes = append(set.Writes, storage.Write{Collection: c, Doc: doc})
		}
		for range perBatch {
			put(storage.Events, storage.Doc{ID: fmt.Sprintf("%032x", written), Body: events[written%len(events)]})
			if len(visitors) > 0 {
				n, before := written%len(visitors), uint64(written/len(visitors))
				put(storage.Profiles, storage.Doc{ID: fmt.Sprintf("profile-%d", n), Version: before, Body: visitors[n].profile})
				put(storage.Sessions, storage.Doc{ID: fmt.Sprintf("session-%d", n), Version: before, Body: visitors[n].session})
			}
			written++
		}
		if err := store.Commit(set).Wait(ctx); err != nil {
			return 0, err
		}
	}
	return float64(written) / time.Since(started).Seconds(), nil
}

// sampleVisitors reads stored profiles, each with a session.
func sampleVisitors(from *server, n int) (visitors []visitor, err error) {
	var profiles, sessions struct{ Items []json.RawMessage }
	if err := from.call(http.MethodGet, fmt.Sprintf("/api/v1/profiles?limit=%d&total=false", n), nil, &profiles); err != nil {
		return nil, err
	}
	if err := from.call(http.MethodGet, fmt.Sprintf("/api/v1/sessions?limit=%d&total=false", n), nil, &sessions); err != nil {
		return nil, err
	}
	for i := range min(len(profiles.Items), len(sessions.Items)) {
		visitors = append(visitors, visitor{profiles.Items[i], sessions.Items[i]})
	}
	return visitors, nil
}
