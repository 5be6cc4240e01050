package sqlconfig

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tracardi/tracardi-go"
	"github.com/tracardi/tracardi-go/storage"
)

// Get implements storage.Config.
func (c *Config) Get(ctx context.Context, tenant, kind, id string) (storage.Item, error) {
	item, err := scan(c.read.QueryRowContext(ctx, readItem, tenant, kind, id))
	if errors.Is(err, sql.ErrNoRows) {
		return storage.Item{}, notFound(kind, id)
	}
	return item, c.failure(ctx, fmt.Sprintf("read %s %q", kind, id), err)
}

// List implements storage.Config.
func (c *Config) List(ctx context.Context, tenant, kind string) ([]storage.Item, error) {
	items, err := query(ctx, c.read, scan, listItems, tenant, kind)
	return items, c.failure(ctx, "list items of kind "+kind, err)
}

// Tenants implements storage.Config. The tenants are sorted.
func (c *Config) Tenants(ctx context.Context) ([]string, error) {
	tenants, err := query(ctx, c.read, func(row row) (tenant string, err error) { return tenant, row.Scan(&tenant) }, listTenants)
	return tenants, c.failure(ctx, "list tenants", err)
}

// Put implements storage.Config. Strings that are empty or no UTF-8 and data that is no JSON are Invalid, longer ones than the
// limits TooLarge; the error names the field.
func (c *Config) Put(ctx context.Context, item storage.Item) (storage.Item, error) {
	if err := check(item); err != nil {
		return storage.Item{}, err
	}
	doing := fmt.Sprintf("write %s %q", item.Kind, item.ID)
	err := c.change(ctx, doing, func(tx *sql.Tx, revision int64) error {
		stored, err := scan(tx.QueryRowContext(ctx, readItem, item.Tenant, item.Kind, item.ID))
		found := err == nil
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if stored.Version != item.Version {
			return conflict(item, stored.Version)
		}
		item.Version++
		item.Updated = time.Now().UTC().Truncate(time.Microsecond)
		if !found {
			item.Created = item.Updated
			return create(ctx, tx, item, revision)
		}
		item.Created = stored.Created
		if item.Updated.Before(stored.Updated) { // the clock was set back
			item.Updated = stored.Updated
		}
		_, err = tx.ExecContext(ctx, replaceItem, item.Name, string(item.Data), item.Version, item.Updated.UnixMicro(), revision,
			item.Tenant, item.Kind, item.ID)
		return err
	})
	if err != nil {
		return storage.Item{}, err
	}
	return item, nil
}

func create(ctx context.Context, tx *sql.Tx, item storage.Item, revision int64) error {
	_, err := tx.ExecContext(ctx, addItem, item.Tenant, item.Kind, item.ID, item.Name, string(item.Data), item.Version,
		item.Created.UnixMicro(), item.Updated.UnixMicro(), revision)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, removeDeleted, item.Tenant, item.Kind, item.ID)
	return err
}

// Delete implements storage.Config.
func (c *Config) Delete(ctx context.Context, tenant, kind, id string) error {
	return c.change(ctx, fmt.Sprintf("delete %s %q", kind, id), func(tx *sql.Tx, revision int64) error {
		gone, err := affected(tx.ExecContext(ctx, deleteItem, tenant, kind, id))
		if err != nil {
			return err
		}
		if gone == 0 {
			return notFound(kind, id)
		}
		if _, err := tx.ExecContext(ctx, addDeleted, tenant, kind, id, revision); err != nil {
			return err
		}
		return forget(ctx, tx, revision)
	})
}

// Drop implements storage.Config. All its changes have one revision.
func (c *Config) Drop(ctx context.Context, tenant string) error {
	err := c.change(ctx, "remove the configuration of tenant "+tenant, func(tx *sql.Tx, revision int64) error {
		gone, err := affected(tx.ExecContext(ctx, addDeletedTenant, revision, tenant))
		if err != nil {
			return err
		}
		if gone == 0 {
			return errNothing
		}
		if _, err := tx.ExecContext(ctx, deleteTenant, tenant); err != nil {
			return err
		}
		return forget(ctx, tx, revision)
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

// errNothing rolls a transaction back that found nothing to do.
var errNothing = errors.New("nothing to do")

// change runs f in a transaction of its own revision. No other change runs at the same time.
func (c *Config) change(ctx context.Context, doing string, f func(tx *sql.Tx, revision int64) error) error {
	tx, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return c.failure(ctx, doing, err)
	}
	defer tx.Rollback() // after Commit it does nothing, else the error that led here says more
	if _, err := tx.ExecContext(ctx, nextRevision); err != nil {
		return c.failure(ctx, doing, err)
	}
	var revision int64
	if err := tx.QueryRowContext(ctx, readRevision).Scan(&revision); err != nil {
		return c.failure(ctx, doing, err)
	}
	if err := f(tx, revision); err != nil {
		return c.failure(ctx, doing, err)
	}
	return c.failure(ctx, doing, tx.Commit())
}

func notFound(kind, id string) error {
	return tracardi.Errorf(tracardi.NotFound, "there is no %s %q", kind, id)
}

func conflict(item storage.Item, stored int64) error {
	switch {
	case item.Version == 0:
		return tracardi.Errorf(tracardi.Conflict, "there is a %s %q already: choose another id, or load it and change it", item.Kind, item.ID)
	case stored == 0:
		return tracardi.Errorf(tracardi.Conflict, "%s %q does not exist any more: create it anew", item.Kind, item.ID)
	}
	return tracardi.Errorf(tracardi.Conflict, "%s %q was changed meanwhile, from version %d to %d: load it again and repeat the change",
		item.Kind, item.ID, item.Version, stored)
}

// row is *sql.Row or *sql.Rows.
type row interface{ Scan(dest ...any) error }

// scan reads the itemColumns.
func scan(row row) (storage.Item, error) {
	var item storage.Item
	var data []byte
	var created, updated int64
	err := row.Scan(&item.Tenant, &item.Kind, &item.ID, &item.Name, &data, &item.Version, &created, &updated)
	if err != nil {
		return storage.Item{}, err
	}
	item.Data = data
	item.Created, item.Updated = time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	return item, nil
}

// query returns all rows of a statement.
func query[T any](ctx context.Context, db *sql.DB, scan func(row) (T, error), statement string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() // rows.Err has told
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// affected returns the number of rows that a statement changed.
func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
