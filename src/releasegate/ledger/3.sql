-- A step can be taken back. Its row stays, with what is still there of all that it made in created,
-- and can be applied again.
ALTER TABLE releasegate.step
  DROP CONSTRAINT step_status_check,
  ADD CONSTRAINT step_status_check
    CHECK (status IN ('started', 'applied', 'found', 'undone'));

-- object -> definition, of the tables that a migration changes, as they were before its first step
ALTER TABLE releasegate.run ADD before jsonb CHECK (jsonb_typeof(before) = 'object');

INSERT INTO releasegate.ledger (version) VALUES (3);
