CREATE ROLE dba_child; ALTER TABLE runs OWNER TO dba_child;
