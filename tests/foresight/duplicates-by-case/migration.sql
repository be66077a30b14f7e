BEGIN;
CREATE UNIQUE INDEX papers_title_once ON papers (lower(title));
COMMIT;
