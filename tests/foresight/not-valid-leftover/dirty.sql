ALTER TABLE plans ADD CONSTRAINT minutes_positive CHECK (minutes > 0) NOT VALID;
