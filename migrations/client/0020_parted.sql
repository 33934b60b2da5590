-- Whether a part of a mutation is not here any more, because its record has left: by itself the rest is not what was saved.
ALTER TABLE remembered ADD COLUMN parted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE outbox ADD COLUMN parted BOOLEAN NOT NULL DEFAULT FALSE;
