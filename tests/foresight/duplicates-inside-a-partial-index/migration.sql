BEGIN;
CREATE UNIQUE INDEX runs_open_once ON runs (paper_id) WHERE status = 'open';
COMMIT;
