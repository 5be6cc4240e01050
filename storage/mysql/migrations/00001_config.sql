-- +goose Up
-- Each statement of a migration may run again: MySQL commits it at once, and the process may end before the next one.
-- Texts are compared byte by byte, and their lengths are those that package sqlconfig allows.
CREATE TABLE IF NOT EXISTS config_item (
    tenant   VARBINARY(128)  NOT NULL,
    kind     VARBINARY(64)   NOT NULL,
    id       VARBINARY(512)  NOT NULL,
    name     VARBINARY(1024) NOT NULL,
    data     LONGBLOB        NOT NULL, -- JSON
    version  BIGINT          NOT NULL, -- writes of the item, from 1
    revision BIGINT          NOT NULL, -- of the last write
    created  BIGINT          NOT NULL, -- microseconds since 1970, UTC
    updated  BIGINT          NOT NULL,
    PRIMARY KEY (tenant, kind, id),
    INDEX config_item_revision (revision)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

CREATE TABLE IF NOT EXISTS config_deleted (
    tenant   VARBINARY(128) NOT NULL,
    kind     VARBINARY(64)  NOT NULL,
    id       VARBINARY(512) NOT NULL,
    revision BIGINT         NOT NULL,
    PRIMARY KEY (tenant, kind, id),
    INDEX config_deleted_revision (revision)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC;

-- One row: the newest revision, and the last one whose deletions may be forgotten. Servers that copy their data to others ask
-- for a primary key.
CREATE TABLE IF NOT EXISTS config_revision (
    the_row   TINYINT NOT NULL,
    revision  BIGINT  NOT NULL,
    forgotten BIGINT  NOT NULL,
    PRIMARY KEY (the_row)
) ENGINE = InnoDB;

INSERT IGNORE INTO config_revision (the_row, revision, forgotten) VALUES (1, 0, 0);
