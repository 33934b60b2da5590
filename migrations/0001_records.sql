-- Every record type, on both ends. The columns are those of the declarations in rapport-model, in their order.
CREATE TABLE orgs (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  country TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  settings TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE teams (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  name TEXT NOT NULL,
  territory TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE users (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  team_id BLOB,
  is_active BOOLEAN NOT NULL,
  customer_ids TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE customers (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  name_sort TEXT NOT NULL,
  company_name TEXT,
  status TEXT NOT NULL,
  status_reason TEXT,
  is_active BOOLEAN NOT NULL,
  converted_at BIGINT,
  qualified_at BIGINT,
  churned_at BIGINT,
  archived_at BIGINT,
  type TEXT NOT NULL,
  industry TEXT,
  source TEXT,
  website TEXT,
  phone TEXT,
  email TEXT,
  address TEXT,
  city TEXT NOT NULL,
  shipping_address TEXT,
  value BIGINT,
  value_estimate BIGINT,
  assigned_to BLOB,
  tags TEXT NOT NULL,
  notes TEXT,
  last_contact BIGINT,
  last_contact_by_hand BIGINT,
  next_follow_up BIGINT,
  next_follow_up_by_hand BIGINT,
  next_step TEXT,
  primary_contact_id BLOB,
  needs_primary BOOLEAN NOT NULL,
  preferences TEXT NOT NULL,
  qualification TEXT NOT NULL,
  external_refs TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE contacts (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  title TEXT,
  email TEXT,
  phone TEXT,
  mobile TEXT,
  department TEXT,
  is_primary BOOLEAN NOT NULL,
  notes TEXT,
  is_active BOOLEAN NOT NULL,
  channels TEXT NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE interactions (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  contact_id BLOB,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  outcome TEXT,
  interaction_date BIGINT NOT NULL,
  duration BIGINT,
  assigned_to BLOB NOT NULL,
  requires_follow_up BOOLEAN NOT NULL,
  follow_up_date BIGINT,
  follow_up_has_time BOOLEAN NOT NULL,
  follow_up_notes TEXT,
  follow_up_done_at BIGINT,
  related_order_id BLOB,
  related_quote_id BLOB,
  related_item_id BLOB,
  shared BOOLEAN NOT NULL,
  PRIMARY KEY ({org_key}id)
);

CREATE TABLE cards (
  {org_column}id BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  created_by BLOB NOT NULL,
  deleted_at BIGINT,
  version BIGINT NOT NULL,
  extra TEXT NOT NULL,
  user_id BLOB NOT NULL,
  kind TEXT NOT NULL,
  record_kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  unit TEXT NOT NULL,
  code TEXT NOT NULL,
  message TEXT NOT NULL,
  mine TEXT NOT NULL,
  theirs TEXT NOT NULL,
  original TEXT NOT NULL,
  by_user BLOB,
  at BIGINT NOT NULL,
  resolved_at BIGINT,
  PRIMARY KEY ({org_key}id)
);

-- One index per order of the list. Behind the order stand the columns that lists are filtered by, so that a row that does not
-- fit is passed over without reading it.
CREATE INDEX customers_name ON customers ({org_key}name_sort, id, is_active, status, assigned_to) WHERE deleted_at IS NULL;
CREATE INDEX customers_updated ON customers ({org_key}updated_at, id, is_active, status, assigned_to) WHERE deleted_at IS NULL;
CREATE INDEX customers_status ON customers ({org_key}status, id, is_active, assigned_to) WHERE deleted_at IS NULL;
CREATE INDEX customers_last_contact ON customers ({org_key}COALESCE(last_contact, 0), id, is_active, status, assigned_to)
  WHERE deleted_at IS NULL;
CREATE INDEX customers_next_follow_up
  ON customers ({org_key}COALESCE(next_follow_up, 9007199254740991), id, is_active, status, assigned_to)
  WHERE deleted_at IS NULL;
CREATE INDEX customers_value ON customers ({org_key}COALESCE(value, 0), id, is_active, status, assigned_to)
  WHERE deleted_at IS NULL;
-- Counts.
CREATE INDEX customers_live ON customers ({org_key}is_active, status, assigned_to) WHERE deleted_at IS NULL;
CREATE INDEX customers_trash ON customers ({org_key}deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX customers_name_key ON customers ({org_key}name_key);
CREATE INDEX customers_version ON customers ({org_key}version);
CREATE INDEX contacts_customer ON contacts ({org_key}customer_id, created_at, id);
CREATE INDEX interactions_customer ON interactions ({org_key}customer_id, interaction_date, id);
CREATE INDEX interactions_follow_up ON interactions ({org_key}customer_id, follow_up_date, id)
  WHERE follow_up_date IS NOT NULL AND follow_up_done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX cards_user ON cards ({org_key}user_id, at, id);

-- Field history and merge log. Values are JSON.
CREATE TABLE changes (
  {org_column}id BLOB NOT NULL,
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  unit TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  by_user BLOB NOT NULL,
  at BIGINT NOT NULL,
  mutation_id BLOB,
  overridden BOOLEAN NOT NULL,
  lost_by BLOB,
  PRIMARY KEY ({org_key}id)
);
CREATE INDEX changes_record ON changes ({org_key}record_id, at, id);
