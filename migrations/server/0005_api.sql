-- When each write was accepted; when the computed fields of a customer moved; answers to requests that carried a key.
ALTER TABLE log ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX log_at ON log ({org_key}at, version);

ALTER TABLE customers ADD COLUMN moved BIGINT NOT NULL DEFAULT 0;
CREATE INDEX customers_moved ON customers ({org_key}moved);

CREATE TABLE answers (
  {org_column}user_id BLOB NOT NULL,
  request_key TEXT NOT NULL,
  digest TEXT NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}user_id, request_key)
);
CREATE INDEX answers_at ON answers ({org_key}at);
