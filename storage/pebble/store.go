package pebble

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// formatVersion is the version of the keys and values. A step in upgrades leads from each older version to the next.
const formatVersion = 1

// upgrades[v] turns a store of version v into one of version v+1, in place.
var upgrades = map[uint64]func(*Store) error{}

// Options size a store. The zero value suits a small machine.
type Options struct {
	CacheBytes  int64        // block cache; 0 means 48 MB
	MemTable    uint64       // one write buffer, there are up to four; 0 means 16 MB
	SegmentRows int          // immutable documents of one segment; 0 means 16,384
	Reserve     int64        // bytes of disk kept free for recovery; 0 means 64 MB or a tenth of a smaller disk
	Log         *slog.Logger // nil for none
}

// Store is an open store. One process owns it at a time.
type Store struct {
	db      *pebble.DB
	dir     string
	log     *slog.Logger
	rows    int
	disk    *diskGuard
	damaged atomic.Pointer[error]

	tenantsMu sync.RWMutex
	tenants   map[string]uint16

	committer *committer
	segments  *segmenter
	queue     *queue

	stop      context.CancelFunc
	running   sync.WaitGroup
	closeOnce sync.Once
	closeErr  error
}

var _ storage.Records = (*Store)(nil)

// Open opens the store in a folder, which it makes when it is missing. A folder in use by another process, a damaged file and
// a format newer than this program's are errors that say so.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	if o.CacheBytes == 0 {
		o.CacheBytes = 48 << 20
	}
	if o.MemTable == 0 {
		o.MemTable = 16 << 20
	}
	if o.SegmentRows == 0 {
		o.SegmentRows = 16384
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the records: %w", err)
	}
	disk, err := newDiskGuard(dir, o.Reserve, o.Log)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, log: o.Log, rows: o.SegmentRows, disk: disk, tenants: map[string]uint16{}}
	if s.db, err = pebble.Open(dir, s.options(o)); err != nil {
		return nil, openError(dir, err)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	if err = s.prepare(); err != nil {
		stop()
		return nil, errors.Join(openError(dir, err), s.db.Close())
	}
	s.running.Go(s.committer.build)
	s.running.Go(s.committer.settle)
	s.running.Go(func() { s.segments.run(background) })
	s.running.Go(func() { s.disk.watch(background) })
	s.running.Go(func() { s.verify(background) })
	return s, ctx.Err()
}

func (s *Store) options(o Options) *pebble.Options {
	options := &pebble.Options{
		FS:                          s.disk.fs,
		CacheSize:                   o.CacheBytes,
		MemTableSize:                o.MemTable,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       4,
		L0StopWritesThreshold:       64,
		LBaseMaxBytes:               128 << 20,
		CompactionConcurrencyRange:  func() (int, int) { return 1, 2 },
		FormatMajorVersion:          pebble.FormatNewest,
		Merger:                      counterMerger,
		Logger:                      pebbleLogger{s.log},
		EventListener: &pebble.EventListener{
			BackgroundError: func(err error) { s.log.Error("storage: background work failed", "error", err) },
			DataCorruption:  func(info pebble.DataCorruptionInfo) { s.markDamaged(fmt.Errorf("%s: %w", info.Path, info.Details)) },
		},
		MaxOpenFiles: 1000,
	}
	options.TargetFileSizes[0] = 8 << 20
	for i := range options.Levels {
		options.Levels[i].FilterPolicy = bloom.FilterPolicy(10)
		options.Levels[i].BlockSize = 16 << 10
	}
	options.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionFastest })
	return options
}

// prepare checks the format and reads what the store keeps in memory.
func (s *Store) prepare() error {
	if err := s.checkFormat(); err != nil {
		return err
	}
	if err := s.loadTenants(); err != nil {
		return err
	}
	var err error
	if s.committer, err = newCommitter(s); err != nil {
		return err
	}
	s.queue = newQueue(s)
	s.segments = newSegmenter(s)
	return nil
}

func metaKey(name string) []byte { return append([]byte{tagMeta}, name...) }

func (s *Store) checkFormat() error {
	value, err := get(s.db, metaKey("format"))
	if err != nil {
		return err
	}
	version := uint64(formatVersion)
	if value != nil {
		version, _ = binary.Uvarint(value)
	}
	if version > formatVersion {
		return fmt.Errorf("its format is version %d and this program knows up to %d: use the newer program that wrote it", version, formatVersion)
	}
	for ; version < formatVersion; version++ {
		if err := upgrades[version](s); err != nil {
			return fmt.Errorf("upgrade from format %d: %w", version, err)
		}
	}
	if value != nil && value[0] == formatVersion {
		return nil
	}
	return s.db.Set(metaKey("format"), binary.AppendUvarint(nil, formatVersion), pebble.Sync)
}

const tenantMeta = "tenant/"

func (s *Store) loadTenants() error {
	prefix := metaKey(tenantMeta)
	iter, err := s.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: after(prefix)})
	if err != nil {
		return err
	}
	for valid := iter.First(); valid; valid = iter.Next() {
		s.tenants[string(iter.Key()[len(prefix):])] = binary.BigEndian.Uint16(iter.Value())
	}
	return iter.Close()
}

// tenant returns the number of a tenant. With create a new one gets the next number.
func (s *Store) tenant(name string, create bool) (uint16, bool, error) {
	s.tenantsMu.RLock()
	number, ok := s.tenants[name]
	s.tenantsMu.RUnlock()
	if ok || !create {
		return number, ok, nil
	}
	s.tenantsMu.Lock()
	defer s.tenantsMu.Unlock()
	if number, ok = s.tenants[name]; ok {
		return number, true, nil
	}
	highest := uint16(0)
	for _, used := range s.tenants {
		highest = max(highest, used)
	}
	number = highest + 1
	if number == 0 {
		return 0, false, tracardi.Errorf(tracardi.Unavailable, "this store has 65,535 tenants, which is all it can hold")
	}
	if err := s.db.Set(metaKey(tenantMeta+name), binary.BigEndian.AppendUint16(nil, number), pebble.Sync); err != nil {
		return 0, false, err
	}
	s.tenants[name] = number
	return number, true, nil
}

// Ping implements storage.Records.
func (s *Store) Ping(context.Context) error {
	if err := s.damaged.Load(); err != nil {
		return tracardi.Errorf(tracardi.Unavailable, "the records in %s are damaged: restore them from a backup: %w", s.dir, *err)
	}
	return s.disk.full()
}

// Close waits for what was handed to Commit and closes the files. Calling it again does nothing.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		s.committer.close()
		s.stop()
		s.running.Wait()
		s.closeErr = s.db.Close()
	})
	return s.closeErr
}

// Size returns the bytes that the store takes on disk.
func (s *Store) Size() int64 { return int64(s.db.Metrics().DiskSpaceUsage()) }

func (s *Store) markDamaged(err error) {
	if s.damaged.CompareAndSwap(nil, &err) {
		s.log.Error("storage: a file is damaged; stop the server and restore the data folder from a backup", "dir", s.dir, "error", err)
	}
}

// verify reads every block once after the start, slowly, so that damage is known before someone needs the data.
func (s *Store) verify(ctx context.Context) {
	iter, err := s.db.NewIterWithContext(ctx, nil)
	if err != nil {
		return
	}
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	read := 0
	for valid := iter.First(); valid; valid = iter.Next() {
		if read += len(iter.Key()) + len(iter.Value()); read > 1<<20 {
			read = 0
			select {
			case <-ctx.Done():
				_ = iter.Close() // the context's end is the reason
				return
			case <-pause.C:
			}
		}
	}
	if err := errors.Join(iter.Error(), iter.Close()); err != nil && ctx.Err() == nil {
		s.markDamaged(err)
	}
}

func openError(dir string, err error) error {
	switch {
	case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) && strings.Contains(err.Error(), "LOCK"):
		return fmt.Errorf("the records in %s are in use by another process: stop it, or choose another data folder: %w", dir, err)
	case pebble.IsCorruptionError(err) || errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the records in %s are damaged: restore the folder from a backup: %w", dir, err)
	}
	return fmt.Errorf("open the records in %s: %w", filepath.Clean(dir), err)
}

// failure turns an engine's error into ours.
func (s *Store) failure(err error) error {
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case pebble.IsCorruptionError(err) || errors.Is(err, errDamaged):
		s.markDamaged(err)
	case errors.Is(err, pebble.ErrClosed):
		return tracardi.Errorf(tracardi.Unavailable, "the store is closed")
	}
	var ours *tracardi.Error
	if errors.As(err, &ours) {
		return err
	}
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the records cannot be read or written now", RetryAfter: time.Second, Err: err}
}

// pebbleLogger passes the engine's own words on. Fatalf must not return: the engine can't go on after a failed write of its
// log, and what was not synced was not acknowledged either.
type pebbleLogger struct{ log *slog.Logger }

func (l pebbleLogger) Infof(format string, args ...any) {
	l.log.Debug("storage: " + fmt.Sprintf(format, args...))
}
func (l pebbleLogger) Errorf(format string, args ...any) {
	l.log.Error("storage: " + fmt.Sprintf(format, args...))
}
func (l pebbleLogger) Fatalf(format string, args ...any) {
	l.log.Error("storage: the write-ahead log failed, stopping at once; nothing acknowledged is lost: " + fmt.Sprintf(format, args...))
	os.Exit(2)
}
