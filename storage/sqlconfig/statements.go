package sqlconfig

// Every statement is here, so that one look tells whether all databases run it. Strings are compared byte by byte: the columns
// are TEXT in SQLite and VARBINARY in MySQL.
const (
	// The row of config_revision is written first in every transaction. Its lock puts the writers in a line, so that revisions
	// become visible in their order: a reader that saw one never misses an earlier one.
	nextRevision  = `UPDATE config_revision SET revision = revision + 1`
	readRevision  = `SELECT revision FROM config_revision`
	readForgotten = `SELECT forgotten FROM config_revision`
	setForgotten  = `UPDATE config_revision SET forgotten = ?`

	itemColumns = `tenant, kind, id, name, data, version, created, updated`
	readItem    = `SELECT ` + itemColumns + ` FROM config_item WHERE tenant = ? AND kind = ? AND id = ?`
	listItems   = `SELECT ` + itemColumns + ` FROM config_item WHERE tenant = ? AND kind = ? ORDER BY name, id`
	listTenants = `SELECT DISTINCT tenant FROM config_item ORDER BY tenant`

	addItem     = `INSERT INTO config_item (` + itemColumns + `, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	replaceItem = `UPDATE config_item SET name = ?, data = ?, version = ?, updated = ?, revision = ?
		WHERE tenant = ? AND kind = ? AND id = ?`
	deleteItem   = `DELETE FROM config_item WHERE tenant = ? AND kind = ? AND id = ?`
	deleteTenant = `DELETE FROM config_item WHERE tenant = ?`

	// Of an item only its last change is kept: a write in the item's own row, a deletion in config_deleted.
	addDeleted       = `INSERT INTO config_deleted (tenant, kind, id, revision) VALUES (?, ?, ?, ?)`
	addDeletedTenant = `INSERT INTO config_deleted (tenant, kind, id, revision)
		SELECT tenant, kind, id, ? FROM config_item WHERE tenant = ?`
	removeDeleted = `DELETE FROM config_deleted WHERE tenant = ? AND kind = ? AND id = ?`
	forgetDeleted = `DELETE FROM config_deleted WHERE revision <= ?`
	listChanges   = `SELECT revision, tenant, kind, id, 0 AS deleted FROM config_item WHERE revision > ? AND revision <= ?
		UNION ALL
		SELECT revision, tenant, kind, id, 1 AS deleted FROM config_deleted WHERE revision > ? AND revision <= ?
		ORDER BY revision, tenant, kind, id`
)
