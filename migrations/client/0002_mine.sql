-- Somebody's customers, counted in the index alone and looked up when they are few.
CREATE INDEX customers_mine ON customers ({org_key}assigned_to, is_active, status, id) WHERE deleted_at IS NULL;
