-- Who may sign in, from which devices. Secrets are Argon2id in PHC form, tokens are SHA-256 hashes.

CREATE TABLE accounts (
  {org_column}user_id BLOB NOT NULL,
  email_key TEXT NOT NULL,
  secret TEXT NOT NULL,
  PRIMARY KEY ({org_key}user_id)
);
CREATE UNIQUE INDEX accounts_email ON accounts ({org_key}email_key);

CREATE TABLE devices (
  {org_column}id BLOB NOT NULL,
  user_id BLOB NOT NULL,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  revoked_at BIGINT,
  current_hash TEXT NOT NULL,
  next_hash TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);
CREATE UNIQUE INDEX devices_code ON devices ({org_key}code);

CREATE TABLE enrolments (
  {org_column}code_hash TEXT NOT NULL,
  user_id BLOB NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}code_hash)
);
