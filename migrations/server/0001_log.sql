-- The server's order: who wrote each unit last, the org's sequence, the log of accepted writes, the stored outcomes.

ALTER TABLE orgs ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE teams ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE customers ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE contacts ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE interactions ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE cards ADD COLUMN stamps TEXT NOT NULL DEFAULT '';

CREATE TABLE sequence (
  {org_column}one BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  epoch_id BLOB NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY ({org_key}one)
);

CREATE TABLE log (
  {org_column}version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  what TEXT NOT NULL,
  mutation_id BLOB,
  PRIMARY KEY ({org_key}version)
);

CREATE TABLE outcomes (
  {org_column}mutation_id BLOB NOT NULL,
  device BLOB NOT NULL,
  n BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}mutation_id)
);
CREATE INDEX outcomes_device ON outcomes ({org_key}device, n);
