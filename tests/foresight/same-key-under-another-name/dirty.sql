ALTER TABLE plans ADD CONSTRAINT by_hand FOREIGN KEY (paper_id) REFERENCES papers (id);
