BEGIN;
ALTER TABLE plans RENAME COLUMN paper_id TO paper;
ALTER TABLE plans ADD CONSTRAINT plans_paper_fk FOREIGN KEY (paper) REFERENCES papers (id);
COMMIT;
