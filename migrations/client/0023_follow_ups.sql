-- Follow-ups of one user, by day: Today asks for hers, not for the whole company's.
CREATE INDEX interactions_open ON interactions ({org_key}assigned_to, follow_up_date, id)
  WHERE requires_follow_up AND follow_up_done_at IS NULL AND deleted_at IS NULL;
CREATE INDEX customers_by_hand ON customers ({org_key}next_follow_up_by_hand, id, assigned_to)
  WHERE next_follow_up_by_hand IS NOT NULL AND next_step IS NULL AND is_active AND deleted_at IS NULL;
