-- Mutations that the server took, kept until they are on its backup: a server that was restored gets them again.
CREATE TABLE remembered (
  seq BIGINT NOT NULL PRIMARY KEY,
  batch_id BLOB,
  changes TEXT NOT NULL,
  mutation_id BLOB NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX remembered_at ON remembered (at);

CREATE TABLE remembered_records (
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL
);
CREATE INDEX remembered_records_record ON remembered_records (record_id, seq);
CREATE INDEX remembered_records_seq ON remembered_records (seq);

-- Rows that a restored server has lost, kept in case that others' work needs them there.
CREATE TABLE lost_rows (
  record_id BLOB NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  record TEXT NOT NULL,
  at BIGINT NOT NULL
);
