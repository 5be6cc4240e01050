-- +goose Up
CREATE TABLE config_item (
    tenant   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    data     TEXT    NOT NULL, -- JSON
    version  INTEGER NOT NULL, -- writes of the item, from 1
    revision INTEGER NOT NULL, -- of the last write
    created  INTEGER NOT NULL, -- microseconds since 1970, UTC
    updated  INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT;

CREATE INDEX config_item_revision ON config_item (revision);

CREATE TABLE config_deleted (
    tenant   TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    id       TEXT    NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (tenant, kind, id)
) STRICT;

CREATE INDEX config_deleted_revision ON config_deleted (revision);

-- One row: the newest revision, and the last one whose deletions may be forgotten.
CREATE TABLE config_revision (
    revision  INTEGER NOT NULL,
    forgotten INTEGER NOT NULL
) STRICT;

INSERT INTO config_revision (revision, forgotten) VALUES (0, 0);
