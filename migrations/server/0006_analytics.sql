-- What analytics read, without the notes and addresses beside it. An index answers alone only if it carries deleted_at, too.
CREATE INDEX customers_figures ON customers ({org_key}assigned_to, id, created_at, status, type, source, converted_at,
  qualified_at, churned_at, status_reason, archived_at, last_contact, deleted_at)
  WHERE deleted_at IS NULL;
CREATE INDEX interactions_figures ON interactions ({org_key}interaction_date, customer_id, type, assigned_to, outcome, deleted_at)
  WHERE deleted_at IS NULL;
CREATE INDEX interactions_kept ON interactions ({org_key}follow_up_date, customer_id, follow_up_done_at, deleted_at)
  WHERE follow_up_date IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX quotes_answered ON quotes ({org_key}responded_at, customer_id, status, deleted_at)
  WHERE responded_at IS NOT NULL AND deleted_at IS NULL;
-- How customers went through their statuses and owners.
CREATE INDEX changes_status ON changes ({org_key}record_id, at, id) WHERE kind = 'customers' AND unit = 'status';
CREATE INDEX changes_owner ON changes ({org_key}at, record_id) WHERE kind = 'customers' AND unit = 'assignedTo';
