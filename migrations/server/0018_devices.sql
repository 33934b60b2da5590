-- What a device told of itself at its last contact, as JSON; '' = nothing yet.
ALTER TABLE devices ADD COLUMN about TEXT NOT NULL DEFAULT '';
ALTER TABLE devices ADD COLUMN about_at BIGINT;
