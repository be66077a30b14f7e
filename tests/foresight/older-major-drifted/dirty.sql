ALTER TABLE runs ADD CONSTRAINT known CHECK (status IN ('done', 'open'));
