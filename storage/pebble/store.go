package pebble

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// formatVersion is the version of the keys and values. A step in upgrades leads from each older version to the next.
const formatVersion = 1

// upgrades[v] turns a store of version v into one of version v+1, in place.
var upgrades = map[uint64]func(*Store) error{}

// Options size a store. The zero value suits a small machine.
type Options struct {
	CacheBytes  int64         // block cache; 0 means 32 MB
	MemTable    uint64        // one write buffer, there are up to four; 0 means 16 MB
	SegmentRows int           // immutable documents of one segment, at most 65,535; 0 means 16,384
	Rewrite     time.Duration // how often segments are rewritten without their deleted documents; 0 means a minute
	Reserve     int64         // bytes of disk kept free for recovery; 0 means 64 MB or a tenth of a smaller disk
	Log         *slog.Logger  // nil for none

	fs vfs.FS // nil for the disk
}

// Store is an open store. One process owns it at a time.
type Store struct {
	db      *pebble.DB
	lock    *pebble.Lock
	dir     string
	log     *slog.Logger
	rows    int
	rewrite time.Duration

	cacheBytes int64
	disk       *diskGuard
	damaged    atomic.Pointer[error]

	verified chan struct{} // closed when every file was read once

	tenantsMu sync.RWMutex
	tenants   map[string]uint16

	committer *committer
	segments  *segmenter
	queue     *queue

	// changing is held by who reads stored documents, or what is known of them, in order to change them.
	changing sync.Mutex
	headers  headers

	calls   sync.RWMutex // held for reading by every call that uses the files
	closed  bool
	stop    context.CancelFunc
	running sync.WaitGroup
}

var _ storage.Records = (*Store)(nil)

// Open opens the store in a folder, which it makes when it is missing. A folder in use by another process, a damaged file and
// a format newer than this program's are errors that say so.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	o = o.withDefaults()
	if err := o.fs.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the records: %w", err)
	}
	disk, err := newDiskGuard(o.fs, dir, o.Reserve, o.Log)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, log: o.Log, rows: o.SegmentRows, rewrite: o.Rewrite, cacheBytes: o.CacheBytes, disk: disk, tenants: map[string]uint16{}, verified: make(chan struct{})}
	if err := s.open(ctx, o); err != nil {
		return nil, openError(dir, err)
	}
	background, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.running.Go(s.committer.build)
	s.running.Go(s.committer.settle)
	s.running.Go(func() { s.segments.run(background) })
	s.running.Go(func() { s.disk.watch(background) })
	s.running.Go(func() { s.verify(background) })
	return s, nil
}

// open opens the files and reads what is kept in memory.
func (s *Store) open(ctx context.Context, o Options) (err error) {
	if s.lock, err = lockFolder(s.disk.disk, s.dir); err != nil {
		return err
	}
	if err = breakSeal(s.disk.disk, s.dir); err == nil {
		s.db, err = pebble.Open(s.dir, s.options(o))
	}
	if err != nil {
		return errors.Join(err, s.lock.Close())
	}
	if err = cmp.Or(s.prepare(), ctx.Err()); err != nil {
		return errors.Join(err, s.db.Close(), s.lock.Close())
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.CacheBytes == 0 {
		o.CacheBytes = 32 << 20
	}
	if o.MemTable == 0 {
		o.MemTable = 16 << 20
	}
	if o.SegmentRows == 0 {
		o.SegmentRows = 16384
	}
	o.SegmentRows = min(o.SegmentRows, maxSegmentRows)
	if o.Rewrite == 0 {
		o.Rewrite = time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.fs == nil {
		o.fs = vfs.Default
	}
	return o
}

func (s *Store) options(o Options) *pebble.Options {
	options := &pebble.Options{
		FS:                          s.disk.fs,
		Lock:                        s.lock,
		CacheSize:                   o.CacheBytes + 2*int64(o.MemTable), // the engine takes write buffers out of it, mostly two
		MemTableSize:                o.MemTable,
		MemTableStopWritesThreshold: 4,
		L0CompactionThreshold:       8, // half as many compactions of what was just written as with 4, for a few more files to look into
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
	switch {
	case version == 0:
		return errDamaged
	case version > formatVersion:
		return fmt.Errorf("its format is version %d and this program knows up to %d: use the newer program that wrote it", version, formatVersion)
	case version == formatVersion && value != nil:
		return nil
	}
	for ; version < formatVersion; version++ {
		if err := upgrades[version](s); err != nil {
			return fmt.Errorf("upgrade from format %d: %w", version, err)
		}
	}
	return s.db.Set(metaKey("format"), binary.AppendUvarint(nil, formatVersion), pebble.Sync)
}

const tenantMeta = "tenant/"

func (s *Store) loadTenants() error {
	prefix := metaKey(tenantMeta)
	return s.each(prefix, func(key, value []byte) error {
		if len(value) != 2 {
			return errDamaged
		}
		s.tenants[string(key[len(prefix):])] = binary.BigEndian.Uint16(value)
		return nil
	})
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

// begin starts a call that uses the files, which stay open until end. It fails when the store is closed or ctx has ended.
func (s *Store) begin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.calls.RLock()
	if s.closed {
		s.calls.RUnlock()
		return tracardi.Errorf(tracardi.Unavailable, "the store is closed")
	}
	return nil
}

func (s *Store) end() { s.calls.RUnlock() }

// Ping implements storage.Records.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return s.failure(err)
	}
	defer s.end()
	if err := s.damaged.Load(); err != nil {
		return tracardi.Errorf(tracardi.Unavailable, "the records are damaged: restore them from a backup: %w", *err)
	}
	return s.disk.full()
}

// Close waits for running calls and for what was handed to Commit, then closes the files. Calling it again does nothing.
func (s *Store) Close() error {
	s.calls.Lock()
	defer s.calls.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.committer.close()
	s.stop()
	s.running.Wait()
	err := s.db.Close()
	if err == nil {
		if sealing := s.seal(); sealing != nil {
			s.log.Warn("storage: no seal, the next start checks less", "error", sealing)
		}
	}
	return errors.Join(err, s.lock.Close())
}

// Size returns the bytes that the store takes on disk.
func (s *Store) Size() int64 { return int64(s.db.Metrics().DiskSpaceUsage()) }
