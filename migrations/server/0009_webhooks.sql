-- Who wants to hear what was accepted; what became of records while somebody listens; what was sent, and how it went.
CREATE TABLE webhooks (
  {org_column}id BLOB NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  -- Words, separated by spaces.
  events TEXT NOT NULL,
  active BOOLEAN NOT NULL,
  -- Signing takes the secret itself. The one before it is good until old_until.
  secret TEXT NOT NULL,
  old_secret TEXT NOT NULL,
  old_until BIGINT,
  created_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  updated_at BIGINT NOT NULL,
  -- Everything up to this version is among the deliveries.
  reached BIGINT NOT NULL,
  failing_since BIGINT,
  stopped_at BIGINT,
  stopped_why TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

-- One write may be several events: n counts them.
CREATE TABLE webhook_events (
  {org_column}version BIGINT NOT NULL,
  n BIGINT NOT NULL,
  word TEXT NOT NULL,
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}version, n)
);

CREATE TABLE webhook_deliveries (
  {org_column}id BLOB NOT NULL,
  webhook_id BLOB NOT NULL,
  version BIGINT NOT NULL,
  n BIGINT NOT NULL,
  word TEXT NOT NULL,
  -- Nothing for a ping.
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  at BIGINT NOT NULL,
  queued_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT,
  attempted_at BIGINT,
  status BIGINT,
  took_ms BIGINT,
  error TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries ({org_key}webhook_id, version, n, id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries ({org_key}webhook_id, state, next_at);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries ({org_key}queued_at, id);
