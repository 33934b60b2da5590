-- What a device has beside the records: work that waits, the server's rows under it, and how far it has come.

-- Mutations in causal order. Sealed ones (mutation_id set) never change.
CREATE TABLE outbox (
  seq BIGINT NOT NULL PRIMARY KEY,
  batch_id BLOB,
  changes TEXT NOT NULL,
  mutation_id BLOB,
  n BIGINT,
  prev TEXT,
  held BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX outbox_mutation ON outbox (mutation_id) WHERE mutation_id IS NOT NULL;

CREATE TABLE outbox_records (
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL
);
CREATE INDEX outbox_records_record ON outbox_records (kind, record_id, seq);
CREATE INDEX outbox_records_seq ON outbox_records (seq);

-- The server's state of records that have pending edits; no record = the server has none.
CREATE TABLE base_rows (
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  version BIGINT NOT NULL,
  record TEXT,
  PRIMARY KEY (kind, record_id)
);

CREATE TABLE progress (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
);
