ALTER TABLE runs RENAME TO runs_old;
CREATE TABLE runs (LIKE runs_old, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at);
CREATE TABLE runs_all PARTITION OF runs DEFAULT; ALTER TABLE runs OWNER TO releasegate_owner; ALTER TABLE runs_all OWNER TO releasegate_owner;
INSERT INTO runs SELECT * FROM runs_old; DROP TABLE runs_old;
