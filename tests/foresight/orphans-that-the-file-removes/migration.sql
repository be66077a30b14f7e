BEGIN;
DELETE FROM plans WHERE NOT EXISTS (SELECT FROM papers WHERE papers.id = plans.paper_id);
ALTER TABLE plans ADD CONSTRAINT plans_paper_id_fk FOREIGN KEY (paper_id) REFERENCES papers (id);
COMMIT;
