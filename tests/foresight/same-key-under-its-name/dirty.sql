ALTER TABLE plans ADD CONSTRAINT plans_paper_id_fk FOREIGN KEY (paper_id) REFERENCES papers (id);
