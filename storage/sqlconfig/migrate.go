package sqlconfig

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/tracardi/tracardi-go"
)

// Migrate brings the schema of a database up to date with the .sql files at the top of migrations, each of which runs once.
// A schema that is newer than the newest file is left alone and is an error: an older release must not write to it.
// Where a migration is no transaction, options must hold a lock for processes that start at the same time.
func Migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, migrations fs.FS, options ...goose.ProviderOption) error {
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithTableName("config_schema"))
	provider, err := goose.NewProvider(dialect, db, migrations, options...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	if has > knows {
		return tracardi.Errorf(tracardi.Internal, "the schema has version %d and this release knows %d: "+
			"start the newer release that wrote it, or restore a backup from before", has, knows)
	}
	for {
		_, err := provider.Up(ctx)
		if err == nil {
			return nil
		}
		// Another process may have been faster with a migration.
		now, _, look := provider.GetVersions(ctx)
		if look != nil || now == has {
			return fmt.Errorf("bring the schema from version %d to %d: %w", has, knows, err)
		}
		has = now
	}
}
