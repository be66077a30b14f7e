BEGIN;
ALTER TABLE plans ADD CONSTRAINT plans_minutes_positive CHECK (minutes > 0);
COMMIT;
