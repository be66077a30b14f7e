ALTER TABLE papers RENAME TO papers_old; CREATE VIEW papers AS SELECT * FROM papers_old; ALTER VIEW papers OWNER TO releasegate_owner;
