package sqlconfig

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// KeepDeleted is the number of revisions for which a deletion is remembered.
const KeepDeleted = 100_000

// Changes implements storage.Config. An item that changed more than once is listed once, with its last change; after revision 0
// all items are listed. A revision so old that deletions after it are forgotten is NotFound: load everything again and go on
// from the newest revision. A caller that has a higher revision than the newest one must do the same: the database is an older
// copy. Without changes it costs the reading of one row.
func (c *Config) Changes(ctx context.Context, after int64) ([]storage.Change, int64, error) {
	newest, err := c.revision(ctx)
	if err != nil || newest <= after {
		return nil, newest, err
	}
	doing := fmt.Sprintf("list changes after revision %d", after)
	changes, err := query(ctx, c.read, scanChange, listChanges, after, newest, after, newest)
	if err != nil {
		return nil, 0, c.failure(ctx, doing, err)
	}
	// Read after the changes: a deletion that was forgotten before they were listed is seen here.
	var forgotten int64
	if err := c.read.QueryRowContext(ctx, readForgotten).Scan(&forgotten); err != nil {
		return nil, 0, c.failure(ctx, doing, err)
	}
	if 0 < after && after < forgotten {
		return nil, newest, tracardi.Errorf(tracardi.NotFound,
			"changes after revision %d are not known any more: load everything again and go on from revision %d", after, newest)
	}
	return changes, newest, nil
}

func scanChange(row row) (change storage.Change, err error) {
	return change, row.Scan(&change.Revision, &change.Tenant, &change.Kind, &change.ID, &change.Deleted)
}

func (c *Config) revision(ctx context.Context) (newest int64, err error) {
	err = c.read.QueryRowContext(ctx, readRevision).Scan(&newest)
	return newest, c.failure(ctx, "read the revision of the configuration", err)
}

// forget removes deletions that are too old to be of use, so that they do not fill the disk.
func forget(ctx context.Context, tx *sql.Tx, newest int64) error {
	last := newest - KeepDeleted
	gone, err := affected(tx.ExecContext(ctx, forgetDeleted, last))
	if err != nil || gone == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, setForgotten, last)
	return err
}
