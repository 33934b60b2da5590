-- What each user's devices may hold, and since which version: cursors speak of these sets.
CREATE TABLE entitlements (
  {org_column}user_id BLOB NOT NULL,
  version BIGINT NOT NULL,
  sight TEXT NOT NULL,
  PRIMARY KEY ({org_key}user_id, version)
);

-- How far each life of a device's store has sealed, so that a restored or copied one is noticed.
CREATE TABLE epochs (
  {org_column}epoch BLOB NOT NULL,
  user_id BLOB NOT NULL,
  device_id BLOB NOT NULL,
  n BIGINT NOT NULL,
  hash TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}epoch)
);

-- What was acknowledged before is on a backup; 0 = nobody made one.
ALTER TABLE sequence ADD COLUMN durable_at BIGINT NOT NULL DEFAULT 0;

-- Whether a device that is signed out shall keep nothing.
ALTER TABLE devices ADD COLUMN wipe BOOLEAN NOT NULL DEFAULT FALSE;
