// Package sqlconfig keeps configuration items in two small tables of a SQL database. It holds the statements, which SQLite,
// MySQL and MariaDB all run, and the rules about versions and changes; the packages of the databases open a connection, give it
// the schema with Migrate and hand it over.
package sqlconfig

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"github.com/tracardi/tracardi-go"
)

// Config is a storage.Config on a SQL database.
type Config struct {
	read, write *sql.DB
	classify    func(error) tracardi.Kind
	closed      atomic.Bool
}

// New makes a Config of pools whose database has the schema; both pools may be the same one. Close closes them. Each
// connection of write must see what other connections committed before its transaction began to wait for a row lock.
// classify tells the kind of a driver's error: Unavailable when trying again may help, and Internal for surprises.
func New(read, write *sql.DB, classify func(error) tracardi.Kind) *Config {
	return &Config{read: read, write: write, classify: classify}
}

// Ping tells whether items can be read now.
func (c *Config) Ping(ctx context.Context) error {
	_, err := c.revision(ctx)
	return err
}

// Close closes the pools. A second call does nothing; calls after it are Unavailable.
func (c *Config) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	err := c.read.Close()
	if c.write != c.read {
		err = errors.Join(err, c.write.Close())
	}
	return c.failure(context.Background(), "close the configuration", err)
}

// failure makes an error of the platform out of one of the driver.
func (c *Config) failure(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*tracardi.Error](err); ok {
		return err
	}
	kind, why := c.classify(err), "the configuration store cannot do it now, try again"
	switch {
	case ctx.Err() != nil:
		kind, why, err = tracardi.Unavailable, "it was given up before it was done", context.Cause(ctx)
	case c.closed.Load():
		kind, why = tracardi.Unavailable, "the configuration store is closed"
	case kind != tracardi.Unavailable:
		why = "the configuration store failed"
	}
	return &tracardi.Error{Kind: kind, Message: doing + ": " + why, Err: err}
}
