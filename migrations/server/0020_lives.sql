-- How far each earlier life of this database had come when it ended. What a device was given beyond that was lost with a disk.
CREATE TABLE lives (
  {org_column}epoch BIGINT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY ({org_key}epoch)
);
