-- The first download: indexes that rest while rows come in, and what has come where a store is loaded anew.
CREATE TABLE resting_indexes (
  name TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  definition TEXT NOT NULL
);

CREATE TABLE arrived (
  kind TEXT NOT NULL,
  record_id BLOB NOT NULL,
  PRIMARY KEY (kind, record_id)
);
