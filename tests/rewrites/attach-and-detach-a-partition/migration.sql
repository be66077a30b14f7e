BEGIN;
CREATE TABLE measurements_2028 (LIKE measurements);
ALTER TABLE measurements ATTACH PARTITION measurements_2028 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01');
ALTER TABLE measurements DETACH PARTITION measurements_2025;
COMMIT;
