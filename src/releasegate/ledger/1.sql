-- The target's own record of what releasegate did to it. Every table has a primary key, so that a
-- publication FOR ALL TABLES can carry it. Its schema, releasegate, is there.
CREATE TABLE releasegate.ledger (
  version    int PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- One row a run that began; finished_at stays NULL when it was killed. steps_done is written after
-- each step by a commit that waits for the disk, which makes the step's own commit durable too.
CREATE TABLE releasegate.run (
  run_id           uuid PRIMARY KEY,
  command          text NOT NULL,
  migration_number bigint NOT NULL,
  migration_path   text NOT NULL,
  migration_sha256 text NOT NULL,
  strategy         text NOT NULL,
  plan_fingerprint text NOT NULL,
  step_count       int NOT NULL,
  steps_done       int NOT NULL DEFAULT 0,
  release_tag      text,
  release_commit   text,
  head_commit      text,
  tool_version     text NOT NULL,
  role             text NOT NULL DEFAULT current_user,
  operator         text NOT NULL,
  backend_pid      int NOT NULL DEFAULT pg_catalog.pg_backend_pid(),
  window_closes_at timestamptz NOT NULL,
  -- step -> object -> the definition that the rehearsal saw; whoever goes on goes by the first run's
  expected         jsonb NOT NULL DEFAULT '{}',
  started_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at      timestamptz,
  verdict          text
);

-- One row a step, written in the step's own transaction where it has one. A step that can run in no
-- transaction is 'started' before and 'applied' after; 'found' was there already, by the file's own
-- IF NOT EXISTS. The primary key is what keeps two runs from doing the same thing; attempt_id is
-- how a run recognises its own commit.
CREATE TABLE releasegate.step (
  migration_number bigint,
  ordinal          int,
  attempt_id       uuid NOT NULL UNIQUE,
  run_id           uuid NOT NULL REFERENCES releasegate.run,
  migration_sha256 text NOT NULL,
  plan_fingerprint text NOT NULL,
  step_count       int NOT NULL,
  status           text NOT NULL CHECK (status IN ('started', 'applied', 'found')),
  -- object -> definition after the step; null: it is gone
  objects          jsonb CHECK (jsonb_typeof(objects) = 'object'),
  -- the objects that were not there before
  created          jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(created) = 'array'),
  started_at       timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
  finished_at      timestamptz,
  CHECK ((status = 'started') = (finished_at IS NULL)),
  CHECK ((status = 'started') = (objects IS NULL)),
  PRIMARY KEY (migration_number, ordinal)
);

INSERT INTO releasegate.ledger (version) VALUES (1);
