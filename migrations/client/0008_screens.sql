-- What Today and the trash read: who was given which customer, and what was deleted.
CREATE INDEX changes_news ON changes ({org_key}at) WHERE kind = 'customers' AND unit IN ('assignedTo', 'status');
CREATE INDEX contacts_trash ON contacts ({org_key}deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX interactions_trash ON interactions ({org_key}deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX quotes_trash ON quotes ({org_key}deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX orders_trash ON orders ({org_key}deleted_at) WHERE deleted_at IS NOT NULL;
