-- What changed after a version is asked of the server alone: a device need not keep these in step.
DROP INDEX customers_version;
DROP INDEX contacts_version;
DROP INDEX interactions_version;
DROP INDEX quotes_version;
DROP INDEX orders_version;
