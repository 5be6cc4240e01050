// Package sqlite keeps the configuration in one SQLite file, with a driver in pure Go. What is stored and how is said by
// package sqlconfig; this one opens, checks and upgrades the file.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/sqlconfig"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	applicationID = 0x54524349      // "TRCI", in the header of our files
	patience      = 5 * time.Second // with the lock of another process
	readers       = 4               // connections that read; items are read at start and when they change, so few will do
)

// Open opens the file and upgrades its schema. A missing file is created, with its folder, for the eyes of its owner alone.
// A file that is damaged, of another program or of a newer release is Internal, one that cannot be reached Unavailable; the
// error names the file and says what to do.
func Open(ctx context.Context, path string) (*sqlconfig.Config, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open configuration file: %w", err)
	}
	if err := touch(path); err != nil {
		return nil, unreachable(path, err)
	}
	write := connect(path, "immediate", 1)
	if err := prepare(ctx, write); err != nil {
		err = explain(path, err)
		if closing := write.Close(); closing != nil {
			err = errors.Join(err, closing)
		}
		return nil, err
	}
	return sqlconfig.New(connect(path, "deferred", readers), write, classify), nil
}

// touch makes sure that there is a file that only its owner reads. SQLite gives its side files the same mode. A file that is
// there is not opened: closing it would drop the locks that SQLite holds on it elsewhere in the process.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		return file.Close()
	}
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return os.Chmod(path, mode&^0o077)
	}
	return nil
}

// connect makes a pool of connections. A commit returns when the data is on the disk.
func connect(path, lock string, connections int) *sql.DB {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/folder/file
		path = "/" + path
	}
	options := url.Values{
		"_pragma":   {fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds()), "synchronous(FULL)", "foreign_keys(ON)", "trusted_schema(OFF)"},
		"_txlock":   {lock},
		"_dqs":      {"0"},
		"_error_rc": {"1"},
	}
	source := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		panic("sqlite: " + err.Error()) // only an unknown driver
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// prepare checks the file and brings its schema up to date.
func prepare(ctx context.Context, db *sql.DB) error {
	if err := claim(ctx, db); err != nil {
		return err
	}
	var report string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&report); err != nil {
		return err
	}
	if report != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, report)
	}
	if err := keepLog(ctx, db); err != nil {
		return err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return sqlconfig.Migrate(ctx, goose.DialectSQLite3, db, files)
}

// keepLog switches the file to a write-ahead log. Here SQLite does not wait for another process's lock by itself.
func keepLog(ctx context.Context, db *sql.DB) error {
	for deadline := time.Now().Add(patience); ; {
		_, err := db.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
		if code(err) != sqlite3.SQLITE_BUSY || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// claim marks a new file as ours and refuses one that is another program's, so that a wrong path harms nobody.
func claim(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing, else the error that led here says more
	var application, tables int
	if err := tx.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&application); err != nil {
		return err
	}
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return err
	}
	if application == applicationID {
		return nil
	}
	if application != 0 || tables > 0 {
		return tracardi.Errorf(tracardi.Internal, "it is the database of another program, name another file")
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA application_id = %d`, applicationID)); err != nil {
		return err
	}
	return tx.Commit()
}

var errDamaged = errors.New("the check of its structure failed")

// explain tells the operator about an error that kept the file from being opened.
func explain(path string, err error) error {
	if errors.Is(err, errDamaged) {
		return damaged(path, err)
	}
	if known, ok := errors.AsType[*tracardi.Error](err); ok {
		return tracardi.Errorf(known.Kind, "open configuration file %s: %w", path, err)
	}
	switch code(err) {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return damaged(path, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return unreachable(path, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return tracardi.Errorf(tracardi.Unavailable, "configuration file %s is held by another process, stop that one: %w", path, err)
	case sqlite3.SQLITE_FULL:
		return tracardi.Errorf(tracardi.Unavailable, "configuration file %s is on a full disk, make room: %w", path, err)
	}
	kind := classify(err)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		kind = tracardi.Unavailable
	}
	return tracardi.Errorf(kind, "open configuration file %s: %w", path, err)
}

func unreachable(path string, err error) error {
	return tracardi.Errorf(tracardi.Unavailable, "configuration file %s cannot be opened, "+
		"give the program's user the right to read and write it and its folder: %w", path, err)
}

func damaged(path string, err error) error {
	return tracardi.Errorf(tracardi.Internal, "configuration file %s is damaged: %w: restore it from a backup; "+
		"or move it away, with %[1]s-wal and %[1]s-shm, to start with an empty configuration", path, err)
}

// classify tells the kind of a driver's error.
func classify(err error) tracardi.Kind {
	switch code(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT:
		return tracardi.Unavailable
	}
	return tracardi.Internal
}

// code returns SQLite's primary result code, and 0 for other errors.
func code(err error) int {
	if failure, ok := errors.AsType[*sqlite.Error](err); ok {
		return failure.Code() & 0xff
	}
	return 0
}
