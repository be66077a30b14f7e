ALTER TABLE plans ADD CONSTRAINT plans_paper_id_fk CHECK (minutes > 0);
