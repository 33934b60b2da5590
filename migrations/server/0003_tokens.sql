-- Tokens of machines: whom each acts as, what it may do, until when. Kept as SHA-256 hashes.

CREATE TABLE tokens (
  {org_column}id BLOB NOT NULL,
  hash TEXT NOT NULL,
  user_id BLOB NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT,
  PRIMARY KEY ({org_key}id)
);
CREATE UNIQUE INDEX tokens_hash ON tokens ({org_key}hash);
