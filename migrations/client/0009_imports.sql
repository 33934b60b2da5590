-- How an import made on this device is taken back: the changes that undo each of its mutations.
CREATE TABLE import_undo (
  seq BIGINT NOT NULL PRIMARY KEY,
  batch_id BLOB NOT NULL,
  changes TEXT NOT NULL
);
CREATE INDEX import_undo_batch ON import_undo (batch_id, seq);
