-- The sequence of a version has 32 bits instead of 36: what was given keeps its number, as the epoch is counted 16 times as fine.
UPDATE sequence SET epoch = epoch * 16;
-- By way of numbers that nothing has, so that no two meet under way.
UPDATE lives SET epoch = -(epoch * 16);
UPDATE lives SET epoch = -epoch;
