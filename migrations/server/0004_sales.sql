-- Who wrote each unit of the new records last.
ALTER TABLE items ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE quotes ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE attachments ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE customer_values ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE lead_scores ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE saved_views ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE snippets ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE templates ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE import_batches ADD COLUMN stamps TEXT NOT NULL DEFAULT '';
ALTER TABLE settings ADD COLUMN stamps TEXT NOT NULL DEFAULT '';

-- A record that leaves a place is told to those who held it there.
ALTER TABLE log ADD COLUMN place TEXT NOT NULL DEFAULT '';
