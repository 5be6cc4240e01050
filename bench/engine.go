package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// sample reads stored documents of a kind as JSON.
func sample(from *server, kind string, n int) (documents [][]byte, err error) {
	cursor := ""
	for len(documents) < n {
		var page struct {
			Items []json.RawMessage
			Next  string
		}
		if err := from.call(http.MethodGet, "/api/v1/"+kind+"?limit=1000&total=false&cursor="+url.QueryEscape(cursor), nil, &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			documents = append(documents, item)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	return documents, nil
}

// engineAlone writes documents under growing numbers, a batch and a sync at a time, and returns documents a second.
func engineAlone(ctx context.Context, documents [][]byte, perBatch int, d time.Duration) (float64, error) {
	dir, err := os.MkdirTemp("", "tracardi-bench-engine-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // left-overs in the temporary folder do no harm
	options := &pebble.Options{CacheSize: 48 << 20, MemTableSize: 16 << 20, MemTableStopWritesThreshold: 4, FormatMajorVersion: pebble.FormatNewest}
	options.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionFastest })
	db, err := pebble.Open(dir, options)
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }() // nothing of it is kept
	started, written := time.Now(), 0
	for time.Since(started) < d && ctx.Err() == nil {
		batch := db.NewBatch()
		for range perBatch {
			key := binary.BigEndian.AppendUint64([]byte("d"), uint64(written))
			if err := batch.Set(key, documents[written%len(documents)], nil); err != nil {
				return 0, err
			}
			written++
		}
		if err := batch.Commit(pebble.Sync); err != nil {
			return 0, err
		}
	}
	return float64(written) / time.Since(started).Seconds(), nil
}
