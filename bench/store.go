package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/pebble"
)

// storeAlone writes events with our store, a change set and a sync at a time, and returns documents a second.
func storeAlone(ctx context.Context, documents [][]byte, perBatch int, d time.Duration) (float64, error) {
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
		for range perBatch {
			body := documents[written%len(documents)]
			set.Writes = append(set.Writes, storage.Write{
				Collection: storage.Events, Doc: storage.Doc{ID: fmt.Sprintf("%032x", written), Time: started, Body: body},
			})
			written++
		}
		if err := store.Commit(set).Wait(ctx); err != nil {
			return 0, err
		}
	}
	return float64(written) / time.Since(started).Seconds(), nil
}
