// Package mysql keeps the configuration in a database of MySQL or MariaDB, which many processes share. What is stored and how is
// said by package sqlconfig; this one connects, and upgrades the schema.
package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage/sqlconfig"
	"github.com/tracardi/tracardi-go/storage/trust"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	connections = 8 // items are read at start and when they change, so few will do
	idle        = 30 * time.Second
	dialing     = 5 * time.Second
	answer      = 15 * time.Second // for one statement; longer than the wait for a row lock
)

// session is set in each connection. A process that freezes in the middle of a change loses its connection, and with it the row
// lock, after a minute.
var session = map[string]string{
	"innodb_lock_wait_timeout": "10",
	"wait_timeout":             "60",
	"sql_mode":                 "'STRICT_TRANS_TABLES'",
}

// Open connects to the database that a URL names and upgrades its schema; of many processes that start together one does it
// while the others wait. A URL that cannot be understood is Invalid, a server that cannot be reached Unavailable; the error names
// the server, never the password.
func Open(ctx context.Context, address string) (*sqlconfig.Config, error) {
	config, err := Parse(address)
	if err != nil {
		return nil, err
	}
	if err := upgrade(ctx, config); err != nil {
		return nil, explain(config, err)
	}
	db := connect(config)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(idle)
	return sqlconfig.New(db, db, classify), nil
}

func connect(config *mysql.Config) *sql.DB {
	plain, err := mysql.NewConnector(config)
	if err != nil {
		panic("mysql: " + err.Error()) // Parse has made a complete one
	}
	return sql.OpenDB(connector{plain})
}

// connector makes connections in which a writer sees what others committed while it waited for its row lock. The variable of
// this has another name on each server; the statement is the same.
type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// upgrade brings the schema up to date. A migration takes the time that it needs, in connections of its own.
func upgrade(ctx context.Context, config *mysql.Config) (err error) {
	config = config.Clone()
	config.ReadTimeout = 0
	db := connect(config)
	defer func() { err = errors.Join(err, db.Close()) }()
	free, err := onlyOne(ctx, db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, free()) }()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return sqlconfig.Migrate(ctx, goose.DialectMySQL, db, files)
}

// onlyOne waits until no other process upgrades this database. The lock belongs to a connection, so that it is free again when
// its holder dies.
func onlyOne(ctx context.Context, db *sql.DB) (free func() error, err error) {
	holder, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	const name = `CONCAT('tracardi ', MD5(DATABASE()))` // locks are the server's, and their names short
	for {
		var got sql.NullInt64
		if err := holder.QueryRowContext(ctx, `SELECT GET_LOCK(`+name+`, 5)`).Scan(&got); err != nil {
			return nil, errors.Join(err, holder.Close())
		}
		if got.Int64 == 1 {
			return func() error {
				_, err := holder.ExecContext(context.WithoutCancel(ctx), `DO RELEASE_LOCK(`+name+`)`)
				return errors.Join(err, holder.Close())
			}, nil
		}
	}
}

// Numbers of the server's errors.
const (
	tooManyConnections = 1040
	accessToDatabase   = 1044
	accessToServer     = 1045
	unknownDatabase    = 1049
	accessToTable      = 1142
	lockWait           = 1205
	deadlock           = 1213
	tooManyOfUser      = 1203
	readOnly           = 1290
	readOnlyNow        = 1836
	shutdown           = 1053
	full               = 1114
	noSpace            = 1021
	interrupted        = 1317
	statementTimeout   = 3024
	insecureTransport  = 3159
)

// classify tells the kind of a driver's error.
func classify(err error) tracardi.Kind {
	for _, lost := range []error{mysql.ErrInvalidConn, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, lost) {
			return tracardi.Unavailable
		}
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return tracardi.Unavailable
	}
	switch number(err) {
	case tooManyConnections, tooManyOfUser, lockWait, deadlock, readOnly, readOnlyNow, shutdown, full, noSpace, interrupted, statementTimeout:
		return tracardi.Unavailable
	}
	return tracardi.Internal
}

// number returns the number of a server's error, and 0 for other errors.
func number(err error) int {
	if failure, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return int(failure.Number)
	}
	return 0
}

// explain tells the operator about an error that kept the database from being opened.
func explain(config *mysql.Config, err error) error {
	where := fmt.Sprintf("configuration database %q on %s", config.DBName, config.Addr)
	if known, ok := errors.AsType[*tracardi.Error](err); ok {
		return tracardi.Errorf(known.Kind, "open %s: %w", where, err)
	}
	switch number(err) {
	case accessToServer:
		if config.TLS == nil {
			return tracardi.Errorf(tracardi.Invalid, "%s refuses the user %q or the password, or takes it with TLS alone, for which the URL needs ?tls=true: %w", where, config.User, err)
		}
		return tracardi.Errorf(tracardi.Invalid, "%s refuses the user %q or the password: %w", where, config.User, err)
	case accessToDatabase, accessToTable:
		return tracardi.Errorf(tracardi.Invalid, "%s: the user %q needs all rights on it, run `GRANT ALL ON %s.* TO …`: %w", where, config.User, config.DBName, err)
	case insecureTransport:
		return tracardi.Errorf(tracardi.Invalid, "%s speaks TLS alone: add tls=true to the URL's parameters, or ca=FILE: %w", where, err)
	case unknownDatabase:
		return tracardi.Errorf(tracardi.Invalid, "%s does not exist, run `CREATE DATABASE %s` on it: %w", where, config.DBName, err)
	}
	if advice := trust.Explain(err); advice != "" {
		return tracardi.Errorf(tracardi.Invalid, "%s cannot be used: %s: %w", where, advice, err)
	}
	kind := classify(err)
	if kind == tracardi.Unavailable {
		return tracardi.Errorf(kind, "%s cannot be reached: %w", where, err)
	}
	return tracardi.Errorf(kind, "open %s: %w", where, err)
}
