BEGIN;
ALTER TABLE plans ADD COLUMN owner_id uuid REFERENCES papers (id);
COMMIT;
