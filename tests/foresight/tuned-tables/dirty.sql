ALTER TABLE runs SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
ALTER TABLE runs ALTER COLUMN status SET STATISTICS 500; COMMENT ON TABLE runs IS 'busy'; ALTER TABLE plans REPLICA IDENTITY FULL;
