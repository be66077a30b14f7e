BEGIN;
ALTER TABLE documents ADD COLUMN language text;
ALTER TABLE documents ADD CONSTRAINT documents_title_check CHECK (title <> '');
ALTER TABLE ONLY documents ADD CONSTRAINT documents_author_fk FOREIGN KEY (author_id) REFERENCES authors (id);
COMMIT;
