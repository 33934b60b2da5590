-- The server's directory: which org an e-mail address signs in to, and the secrets of the server itself.

CREATE TABLE directory (
  email_key TEXT NOT NULL PRIMARY KEY,
  org_id BLOB NOT NULL
);

CREATE TABLE secrets (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
);
