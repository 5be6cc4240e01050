package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/elastic"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/mysql"
	"github.com/tracardi/tracardi-go/storage/ordered"
	"github.com/tracardi/tracardi-go/storage/outbox"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/pulsar"
	"github.com/tracardi/tracardi-go/storage/redis"
	"github.com/tracardi/tracardi-go/storage/sqlconfig"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// stores are the storage of the process, each part on the engine that the settings name.
type stores struct {
	records storage.Records
	queue   storage.Queue
	config  storage.Config
	cache   storage.Cache
	locks   storage.Locks // what must have one holder asks these
	order   storage.Locks // what is better in order asks these

	checks []check
	keep   func(ctx context.Context) error // looks after the indices of records; nil when there are none
	size   func() int64                    // bytes on disk; nil when the records are on a server
	outbox *outbox.Outbox                  // nil when records and queue are one store
	close  []func() error
}

// openStores is the one place that knows the engines. What it opened it closes again when a later one fails.
func openStores(ctx context.Context, s *config.Settings, log *slog.Logger) (_ *stores, err error) {
	if !s.SharedRecords() || !s.SharedConfig() || !config.Shared(s.QueueURL) {
		if err := prepareData(s.Data); err != nil {
			return nil, err
		}
	}
	st := &stores{}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.Close())
		}
	}()
	for _, open := range []func(context.Context, *config.Settings, *slog.Logger) error{
		st.openRecords, st.openQueue, st.openConfig, st.openCache,
	} {
		if err := open(ctx, s, log); err != nil {
			return nil, err
		}
	}
	return st, nil
}

func (st *stores) openRecords(ctx context.Context, s *config.Settings, log *slog.Logger) error {
	if s.SharedRecords() {
		return st.openSharedRecords(ctx, s, log)
	}
	records, err := st.openEmbedded(ctx, s, log)
	if err != nil {
		return err
	}
	st.records = records
	st.checks = append(st.checks, check{name: "records", ping: records.Ping})
	return nil
}

// openEmbedded opens the embedded store and takes its queue.
func (st *stores) openEmbedded(ctx context.Context, s *config.Settings, log *slog.Logger) (*pebble.Store, error) {
	store, err := pebble.Open(ctx, s.RecordsDir(), pebble.Options{
		CacheBytes: s.MemoryBytes() / 5,
		MemTable:   uint64(s.MemoryBytes() / 16),
		Log:        log,
	})
	if err != nil {
		return nil, err
	}
	st.queue, st.size = store.Queue(), store.Size
	st.close = append(st.close, store.Close)
	return store, nil
}

func (st *stores) openSharedRecords(ctx context.Context, s *config.Settings, log *slog.Logger) error {
	address, err := elastic.ParseAddress(s.RecordsURL)
	if err != nil {
		return fmt.Errorf("records-url: %w", err)
	}
	options := elastic.Options{Queue: func() storage.Queue { return st.queue }, Log: log}
	records, err := patiently(ctx, log, "records", func() (*elastic.Store, error) { return elastic.Open(ctx, address, options) })
	if err != nil {
		return err
	}
	st.records, st.keep = records, records.KeepIndices
	st.close = append(st.close, records.Close)
	st.checks = append(st.checks, check{name: "records", ping: records.Ping, optional: true})
	return nil
}

// openQueue opens the queue, unless it came with the records. Beside records in the embedded store, what a change set publishes
// waits in that store's queue until the server has it; beside records on a server it is published as a step of the change set.
func (st *stores) openQueue(ctx context.Context, s *config.Settings, log *slog.Logger) error {
	if !config.Shared(s.QueueURL) {
		if !s.SharedRecords() {
			return nil
		}
		store, err := st.openEmbedded(ctx, s, log)
		if err != nil {
			return err
		}
		st.queue = ordered.Queue{Queue: st.queue}
		st.checks = append(st.checks, check{name: "queue", ping: store.Ping})
		return nil
	}
	queue, err := patiently(ctx, log, "queue", func() (*pulsar.Queue, error) { return pulsar.Open(ctx, s.QueueURL, log) })
	if err != nil {
		return err
	}
	st.close = append(st.close, queue.Close)
	st.checks = append(st.checks, check{name: "queue", ping: queue.Ping, optional: true})
	if s.SharedRecords() {
		st.queue = ordered.Queue{Queue: queue}
		return nil
	}
	st.outbox = outbox.New(st.records, st.queue, queue)
	st.records, st.queue = st.outbox.Records(), st.outbox.Queue()
	return nil
}

func (st *stores) openConfig(ctx context.Context, s *config.Settings, log *slog.Logger) error {
	open := func() (*sqlconfig.Config, error) { return sqlite.Open(ctx, s.ConfigFile()) }
	if s.SharedConfig() {
		open = func() (*sqlconfig.Config, error) {
			return patiently(ctx, log, "configuration", func() (*sqlconfig.Config, error) { return mysql.Open(ctx, s.ConfigURL) })
		}
	}
	settings, err := open()
	if err != nil {
		return err
	}
	st.config = settings
	st.close = append(st.close, settings.Close)
	st.checks = append(st.checks, check{name: "configuration", ping: settings.Ping, optional: s.SharedConfig()})
	return nil
}

func (st *stores) openCache(ctx context.Context, s *config.Settings, log *slog.Logger) error {
	if !config.Shared(s.CacheURL) {
		cache, locks := memory.NewCache(uint64(s.MemoryBytes()/32)), memory.NewLocks()
		st.cache, st.locks, st.order = cache, locks, locks
		st.close = append(st.close, cache.Close, locks.Close)
		st.checks = append(st.checks, check{name: "cache", ping: cache.Ping})
		return nil
	}
	cache, err := patiently(ctx, log, "cache", func() (*redis.Cache, error) { return redis.OpenCache(ctx, s.CacheURL) })
	if err != nil {
		return err
	}
	st.cache = cache
	st.close = append(st.close, cache.Close)
	locks, err := redis.OpenLocks(ctx, s.CacheURL)
	if err != nil {
		return err
	}
	own := memory.NewLocks()
	st.locks, st.order = locks, &softLocks{own: own, shared: locks, log: log}
	st.close = append(st.close, locks.Close, own.Close)
	st.checks = append(st.checks, check{name: "cache", ping: cache.Ping, optional: true})
	return nil
}

// patience is how long a start waits for a server that is not there yet: all parts of a cluster may start together.
const patience = time.Minute

// patiently opens a store on a server.
func patiently[S any](ctx context.Context, log *slog.Logger, part string, open func() (S, error)) (S, error) {
	deadline := time.Now().Add(patience)
	for {
		store, err := open()
		if tracardi.KindOf(err) != tracardi.Unavailable || ctx.Err() != nil || time.Now().After(deadline) {
			return store, err
		}
		log.Warn("waiting for a server", "part", part, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// Close closes the stores in reverse order.
func (st *stores) Close() error {
	var errs []error
	for i := len(st.close) - 1; i >= 0; i-- {
		errs = append(errs, st.close[i]())
	}
	st.close = nil
	return errors.Join(errs...)
}

// prepareData makes the data folder, for its owner alone, and finds out whether files can be written there.
func prepareData(dir string) error {
	const advice = "give the program's user the right to write there, or name another folder with --data"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w: %s", err, advice)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("write to the data folder: %w: %s", err, advice)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// existing returns the folder or, when there is none yet, the nearest one above it.
func existing(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}
