package pebble

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/tracardi/tracardi-go"
)

func (s *Store) markDamaged(err error) {
	if s.damaged.CompareAndSwap(nil, &err) {
		s.log.Error("storage: a file is damaged; stop the server and restore the data folder from a backup", "dir", s.dir, "error", err)
	}
}

// verify reads every file once after the start, slowly, so that damage is known before someone needs the data. It reads past
// the cache, which is for what is asked for.
func (s *Store) verify(ctx context.Context) {
	defer close(s.verified)
	levels, err := s.db.SSTables()
	if err != nil {
		s.markDamaged(err)
		return
	}
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	options := s.options(Options{}.withDefaults())
	options.EnsureDefaults()
	for _, level := range levels {
		for _, table := range level {
			name := s.disk.disk.PathJoin(s.dir, table.BackingSSTNum.String()+".sst")
			err := s.verifyFile(ctx, name, pause.C, options.MakeReaderOptions())
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && !errors.Is(err, fs.ErrNotExist): // a compaction may have replaced it
				s.markDamaged(fmt.Errorf("%s: %w", name, err))
				return
			}
		}
	}
}

func (s *Store) verifyFile(ctx context.Context, name string, pause <-chan time.Time, o sstable.ReaderOptions) (err error) {
	file, err := s.disk.disk.Open(name)
	if err != nil {
		return err
	}
	readable, err := sstable.NewSimpleReadable(&slowFile{File: file, ctx: ctx, pause: pause})
	if err != nil {
		return errors.Join(err, file.Close())
	}
	reader, err := sstable.NewReader(ctx, readable, o)
	if err != nil {
		return errors.Join(err, readable.Close())
	}
	return errors.Join(reader.ValidateBlockChecksums(), reader.Close())
}

// slowFile pauses after every megabyte and fails when its context ends.
type slowFile struct {
	vfs.File
	ctx   context.Context
	pause <-chan time.Time
	read  int
}

func (f *slowFile) ReadAt(p []byte, at int64) (int, error) {
	if f.read += len(p); f.read > 1<<20 {
		f.read = 0
		select {
		case <-f.ctx.Done():
			return 0, f.ctx.Err()
		case <-f.pause:
		}
	}
	return f.File.ReadAt(p, at)
}

func openError(dir string, err error) error {
	switch {
	case errors.Is(err, errInUse):
		return fmt.Errorf("the records in %s are in use: stop the other process, or choose another data folder: %w", dir, err)
	case pebble.IsCorruptionError(err) || errors.Is(err, errDamaged) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, pebble.ErrDBNotPristine),
		strings.Contains(err.Error(), "object size mismatch"): // the engine gives no kind of error for it
		return fmt.Errorf("the records in %s are damaged: restore the folder from a backup: %w", dir, err)
	}
	return fmt.Errorf("open the records in %s: %w", dir, err)
}

var errInUse = errors.New("the folder is locked")

// lockFolder makes the folder this process's own.
func lockFolder(disk vfs.FS, dir string) (*pebble.Lock, error) {
	lock, err := pebble.LockDirectory(dir, disk)
	if _, noFile := errors.AsType[*fs.PathError](err); err != nil && !noFile { // the file of the lock is there, and held
		err = fmt.Errorf("%w: %w", errInUse, err)
	}
	return lock, err
}

// failure turns any error into a *tracardi.Error; nil stays nil.
func (s *Store) failure(err error) error {
	if err == nil {
		return nil
	}
	if ours, ok := errors.AsType[*tracardi.Error](err); ok {
		return ours
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return endedError(err)
	}
	if pebble.IsCorruptionError(err) || errors.Is(err, errDamaged) {
		s.markDamaged(err)
		return &tracardi.Error{
			Kind: tracardi.Unavailable, RetryAfter: time.Second, Err: err,
			Message: "the records are damaged: stop the server and restore the data folder from a backup",
		}
	}
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the records cannot be read or written now", RetryAfter: time.Second, Err: err}
}

func endedError(err error) error {
	return &tracardi.Error{Kind: tracardi.Unavailable, Message: "the records did not answer before the request ended", RetryAfter: time.Second, Err: err}
}

// pebbleLogger passes the engine's own words on. Fatalf must not return: the engine can't go on after a failed write of its
// log or its list of files, and what was not synced was not acknowledged either.
type pebbleLogger struct{ log *slog.Logger }

func (l pebbleLogger) Infof(format string, args ...any) {
	l.log.Debug("storage: " + fmt.Sprintf(format, args...))
}

func (l pebbleLogger) Errorf(format string, args ...any) {
	l.log.Error("storage: " + fmt.Sprintf(format, args...))
}

func (l pebbleLogger) Fatalf(format string, args ...any) {
	l.log.Error("storage: a file cannot be written, stopping at once; nothing acknowledged is lost: " + fmt.Sprintf(format, args...))
	os.Exit(2)
}
