-- What only a database that many organisations and several servers share needs.

-- What customers are found by: words, and numbers behind a '#'. A prefix is a range of the key, within one organisation.
CREATE TABLE search_words (
  {org_column}word TEXT NOT NULL,
  customer_id BLOB NOT NULL,
  PRIMARY KEY ({org_key}word, customer_id)
);
CREATE INDEX search_words_customer ON search_words ({org_key}customer_id);

-- The last transaction of each writer. Whoever lost the connection in a commit looks here whether it took place.
CREATE TABLE commits (
  {org_column}writer BLOB NOT NULL,
  n BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY ({org_key}writer)
);
