-- Whose customers there are, newest first, for first downloads: what hangs on them is read in this order.
CREATE INDEX customers_held ON customers ({org_key}id, assigned_to, status, archived_at);
