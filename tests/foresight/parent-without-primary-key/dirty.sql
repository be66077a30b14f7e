ALTER TABLE papers DROP CONSTRAINT papers_pkey;
