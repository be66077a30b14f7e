-- The v0 posture: primary keys only, and the app supplies every value.
-- No foreign keys, no checks, no row-level security; the app keeps the rows consistent.

CREATE TABLE papers (
  id              uuid PRIMARY KEY,
  title           text,
  storage_path    text,
  vector_store_id text,
  created_by      uuid,
  created_at      timestamptz
);

CREATE TABLE plans (
  id             uuid PRIMARY KEY,
  paper_id       uuid,
  env_hash       text,
  plan_json      jsonb,
  budget_minutes int,
  created_by     uuid,
  created_at     timestamptz
);

CREATE TABLE runs (
  id           uuid PRIMARY KEY,
  plan_id      uuid,
  paper_id     uuid,
  env_hash     text,
  status       text,
  created_at   timestamptz,
  started_at   timestamptz,
  completed_at timestamptz
);

CREATE TABLE run_events (
  id         bigint PRIMARY KEY,
  run_id     uuid,
  seq        bigint,
  type       text,
  payload    jsonb,
  created_at timestamptz
);

CREATE TABLE storyboards (
  id         uuid PRIMARY KEY,
  paper_id   uuid,
  json       jsonb,
  created_at timestamptz
);
