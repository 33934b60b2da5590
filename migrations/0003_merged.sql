-- A customer that lives on in another one: which, and what it takes to part the two again.
ALTER TABLE customers ADD COLUMN merged TEXT;
