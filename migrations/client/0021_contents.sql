-- Contents of attachments as this device knows them. Their bytes lie sealed in files beside the store.
-- here: the file is there. wanted: it is to be there. kept: whatever the room that is left. unsent: the server has it not yet.
CREATE TABLE contents (
  sha256 TEXT NOT NULL PRIMARY KEY,
  bytes BIGINT NOT NULL,
  here BOOLEAN NOT NULL,
  wanted BOOLEAN NOT NULL,
  kept BOOLEAN NOT NULL,
  unsent BOOLEAN NOT NULL,
  used_at BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  refusal TEXT NOT NULL
);
CREATE INDEX attachments_content ON attachments ({org_key}sha256);
