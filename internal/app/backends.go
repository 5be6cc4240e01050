package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/tracardi/tracardi-go/internal/config"
	"github.com/tracardi/tracardi-go/storage"
	"github.com/tracardi/tracardi-go/storage/memory"
	"github.com/tracardi/tracardi-go/storage/pebble"
	"github.com/tracardi/tracardi-go/storage/sqlite"
)

// stores are the storage of the process, each part on the engine that the settings name.
type stores struct {
	records storage.Records
	queue   storage.Queue
	config  storage.Config
	cache   storage.Cache
	locks   storage.Locks

	size  func() int64 // bytes on disk
	close []func() error
}

// openStores is the one place that knows the engines. What it opened it closes again when a later one fails.
func openStores(ctx context.Context, s *config.Settings, log *slog.Logger) (_ *stores, err error) {
	st := &stores{}
	defer func() {
		if err != nil {
			err = errors.Join(err, st.Close())
		}
	}()
	records, err := pebble.Open(ctx, s.RecordsDir(), pebble.Options{
		CacheBytes: s.MemoryBytes() / 5,
		MemTable:   uint64(s.MemoryBytes() / 16),
		Log:        log,
	})
	if err != nil {
		return nil, err
	}
	st.records, st.queue, st.size = records, records.Queue(), records.Size
	st.close = append(st.close, records.Close)

	settings, err := sqlite.Open(ctx, s.ConfigFile())
	if err != nil {
		return nil, err
	}
	st.config = settings
	st.close = append(st.close, settings.Close)

	cache, locks := memory.NewCache(uint64(s.MemoryBytes()/32)), memory.NewLocks()
	st.cache, st.locks = cache, locks
	st.close = append(st.close, cache.Close, locks.Close)
	return st, nil
}

// checks are what /readyz and the doctor ask.
func (st *stores) checks() []check {
	return []check{{"records", st.records.Ping}, {"configuration", st.config.Ping}, {"cache", st.cache.Ping}}
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
