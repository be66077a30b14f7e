BEGIN;
UPDATE plans SET paper_id = (SELECT id FROM papers ORDER BY created_at LIMIT 1) WHERE paper_id IS NULL;
ALTER TABLE plans ALTER COLUMN paper_id SET NOT NULL;
COMMIT;
