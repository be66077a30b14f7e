-- The target's own record of what releasegate did to it. Every table has a primary key, so that a
-- publication FOR ALL TABLES can carry it.
CREATE SCHEMA releasegate;

CREATE TABLE releasegate.ledger (
  version    int PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- One row a run that began; finished_at stays NULL when it was killed.
CREATE TABLE releasegate.run (
  run_id           uuid PRIMARY KEY,
  command          text NOT NULL,
  migration_number bigint NOT NULL,
  migration_path   text NOT NULL,
  migration_sha256 text NOT NULL,
  plan_fingerprint text NOT NULL,
  step_count       int NOT NULL,
  release_tag      text,
  release_commit   text,
  head_commit      text,
  tool_version     text NOT NULL,
  role             text NOT NULL DEFAULT current_user,
  operator         text NOT NULL,
  backend_pid      int NOT NULL DEFAULT pg_catalog.pg_backend_pid(),
  window_closes_at timestamptz NOT NULL,
  started_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at      timestamptz,
  verdict          text
);

-- One row a step that committed, written in the step's own transaction. The primary key is what
-- keeps two runs from doing the same thing; attempt_id is how a run recognises its own commit.
CREATE TABLE releasegate.step (
  migration_number bigint,
  ordinal          int,
  attempt_id       uuid NOT NULL UNIQUE,
  run_id           uuid NOT NULL REFERENCES releasegate.run,
  migration_sha256 text NOT NULL,
  step_count       int NOT NULL,
  objects          jsonb NOT NULL CHECK (jsonb_typeof(objects) = 'object'),
  finished_at      timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  PRIMARY KEY (migration_number, ordinal)
);

INSERT INTO releasegate.ledger (version) VALUES (1);
