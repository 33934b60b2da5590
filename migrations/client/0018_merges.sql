-- Values that did not stand are few among all lines of the history.
CREATE INDEX changes_overridden ON changes ({org_key}at) WHERE overridden;
