-- What goes from one person to another when somebody leaves: found by its owner, moved in parts, taken up again after a crash.
CREATE INDEX customers_owner ON customers ({org_key}assigned_to, id);
CREATE INDEX interactions_assigned ON interactions ({org_key}assigned_to, id);
CREATE INDEX cards_record ON cards ({org_key}record_id, id);

CREATE TABLE handovers (
  {org_column}user_id BLOB NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL,
  done_at BIGINT,
  PRIMARY KEY ({org_key}user_id)
);
