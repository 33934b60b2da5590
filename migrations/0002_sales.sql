-- Quotes, orders, the catalogue, attachments, figures and what people arrange for themselves; numbers and keys of other systems.
ALTER TABLE customers ADD COLUMN active_confirmed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE contacts ADD COLUMN external_refs TEXT NOT NULL DEFAULT '[]';

CREATE TABLE items (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  sku TEXT NOT NULL,
  description TEXT NOT NULL,
  unit_price BIGINT NOT NULL,
  currency TEXT NOT NULL,
  tax_rate BIGINT,
  is_active BOOLEAN NOT NULL,
  external_refs TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE quotes (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  contact_id BLOB,
  quote_number TEXT NOT NULL,
  status TEXT NOT NULL,
  sent_at BIGINT,
  sent_by TEXT,
  viewed_at BIGINT,
  responded_at BIGINT,
  accepted_at BIGINT,
  rejected_reason TEXT,
  accepted_late BOOLEAN NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  items TEXT NOT NULL,
  discount_amount BIGINT,
  subtotal BIGINT,
  tax_amount BIGINT,
  total_amount BIGINT,
  currency TEXT NOT NULL,
  valid_until BIGINT,
  payment_terms TEXT,
  delivery_terms TEXT,
  notes TEXT,
  revision_of BLOB,
  superseded_by BLOB,
  duplicate_of BLOB,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE orders (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  contact_id BLOB,
  quote_id BLOB,
  order_number TEXT NOT NULL,
  status TEXT NOT NULL,
  items TEXT NOT NULL,
  discount_amount BIGINT,
  subtotal BIGINT,
  tax_amount BIGINT,
  total_amount BIGINT,
  currency TEXT NOT NULL,
  refunded_amount BIGINT,
  fx_to_base BIGINT,
  order_date BIGINT NOT NULL,
  customer_snapshot TEXT NOT NULL,
  notes TEXT,
  external_refs TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE attachments (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  owner_kind TEXT NOT NULL,
  owner_id BLOB NOT NULL,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE customer_values (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  total_revenue BIGINT NOT NULL,
  total_orders BIGINT NOT NULL,
  average_order_value BIGINT NOT NULL,
  last_order_date BIGINT,
  excluded_orders BIGINT NOT NULL,
  predicted_value BIGINT,
  churn_risk BIGINT,
  last_calculated BIGINT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE lead_scores (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  score BIGINT,
  factors TEXT NOT NULL,
  last_calculated BIGINT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE saved_views (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  user_id BLOB NOT NULL,
  shared BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  record_kind TEXT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE snippets (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  user_id BLOB NOT NULL,
  shared BOOLEAN NOT NULL,
  shortcut TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE templates (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  language TEXT NOT NULL,
  body TEXT NOT NULL,
  definition TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE import_batches (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  user_id BLOB NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  made BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  skipped BIGINT NOT NULL,
  mapping TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE settings (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  scope TEXT NOT NULL,
  owner_id BLOB,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE INDEX items_sku ON items ({org_key}sku, id);
CREATE INDEX quotes_customer ON quotes ({org_key}customer_id, created_at, id);
CREATE INDEX quotes_number ON quotes ({org_key}quote_number);
CREATE INDEX quotes_updated ON quotes ({org_key}updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX quotes_live ON quotes ({org_key}status, valid_until, id) WHERE deleted_at IS NULL;
CREATE INDEX quotes_version ON quotes ({org_key}version);
CREATE INDEX orders_customer ON orders ({org_key}customer_id, order_date, id);
CREATE INDEX orders_number ON orders ({org_key}order_number);
CREATE INDEX orders_quote ON orders ({org_key}quote_id) WHERE quote_id IS NOT NULL;
CREATE INDEX orders_date ON orders ({org_key}order_date, id) WHERE deleted_at IS NULL;
CREATE INDEX orders_version ON orders ({org_key}version);
CREATE INDEX attachments_customer ON attachments ({org_key}customer_id, created_at, id);
CREATE INDEX contacts_version ON contacts ({org_key}version);
CREATE INDEX interactions_version ON interactions ({org_key}version);
-- Follow-ups of everybody, by day.
CREATE INDEX interactions_due ON interactions ({org_key}follow_up_date, id)
  WHERE requires_follow_up AND follow_up_done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX interactions_date ON interactions ({org_key}interaction_date, id) WHERE deleted_at IS NULL;

-- Keys of other systems, taken out of the records that carry them.
CREATE TABLE refs (
  {org_column}kind TEXT NOT NULL,
  system TEXT NOT NULL,
  ref_id TEXT NOT NULL,
  record_id BLOB NOT NULL,
  PRIMARY KEY ({org_key}kind, system, ref_id, record_id)
);
CREATE INDEX refs_record ON refs ({org_key}record_id);

-- The last number drawn on this end, per series and year.
CREATE TABLE numbers (
  {org_column}series TEXT NOT NULL,
  year BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY ({org_key}series, year)
);
