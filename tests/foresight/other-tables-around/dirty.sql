CREATE TABLE audit_log (at timestamptz DEFAULT now(), what text);
CREATE SCHEMA reporting; CREATE VIEW reporting.busy AS SELECT paper_id, count(*) FROM plans GROUP BY 1;
CREATE MATERIALIZED VIEW reporting.totals AS SELECT count(*) AS n FROM runs;
