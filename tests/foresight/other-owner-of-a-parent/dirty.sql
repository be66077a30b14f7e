CREATE ROLE dba_parent; ALTER TABLE papers OWNER TO dba_parent;
