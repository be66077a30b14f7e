CREATE ROLE dba_references; ALTER TABLE papers OWNER TO dba_references;
GRANT REFERENCES (id), SELECT ON papers TO releasegate_owner; GRANT USAGE ON SCHEMA public TO dba_references;
