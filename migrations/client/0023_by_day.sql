-- Follow-ups of one user, by day: Today asks for hers, not for the whole company's.
CREATE INDEX interactions_open ON interactions ({org_key}assigned_to, follow_up_date, id)
  WHERE requires_follow_up AND follow_up_done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX customers_by_hand ON customers ({org_key}next_follow_up_by_hand, id, assigned_to)
  WHERE next_follow_up_by_hand IS NOT NULL AND next_step IS NULL AND is_active AND deleted_at IS NULL;
-- What happened when, and what was promised for when: reports count it in these alone, and Today looks for meetings, without reading the
-- interactions, whose texts lie on ten times as many pages.
DROP INDEX interactions_date;
CREATE INDEX interactions_date ON interactions ({org_key}interaction_date, id, customer_id, type, assigned_to, outcome, deleted_at)
  WHERE deleted_at IS NULL;
CREATE INDEX interactions_kept ON interactions ({org_key}follow_up_date, customer_id, follow_up_done_at, deleted_at)
  WHERE follow_up_date IS NOT NULL AND deleted_at IS NULL;
