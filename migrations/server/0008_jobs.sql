-- What the server does by itself: who runs it, how far it is, what it told already, what it took away.
CREATE TABLE leases (
  {org_column}name TEXT NOT NULL,
  holder BLOB NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY ({org_key}name)
);

CREATE TABLE jobs (
  {org_column}name TEXT NOT NULL,
  next_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  place TEXT NOT NULL,
  report TEXT NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY ({org_key}name)
);

-- Records that a job has dealt with, or has proposed something for, and since when.
CREATE TABLE marks (
  {org_column}job TEXT NOT NULL,
  record_id BLOB NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}job, record_id)
);

-- Records that are gone for good: purged from the trash, erased, or merged into another.
CREATE TABLE tombstones (
  {org_column}record_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  at BIGINT NOT NULL,
  by_user BLOB NOT NULL,
  why TEXT NOT NULL,
  -- The record it lives on in, if it was merged.
  survivor BLOB,
  PRIMARY KEY ({org_key}record_id)
);
CREATE INDEX tombstones_at ON tombstones ({org_key}at, record_id);

-- Tombstones up to here are forgotten: who read less has to read everything.
ALTER TABLE sequence ADD COLUMN floor BIGINT NOT NULL DEFAULT 0;

CREATE INDEX log_record ON log ({org_key}record_id, version);
CREATE INDEX outcomes_at ON outcomes ({org_key}at, mutation_id);
CREATE INDEX contacts_trash ON contacts ({org_key}deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX interactions_trash ON interactions ({org_key}deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX quotes_trash ON quotes ({org_key}deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX orders_trash ON orders ({org_key}deleted_at, id) WHERE deleted_at IS NOT NULL;
