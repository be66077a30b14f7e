-- A team's schema without keys: what most cases start from.
CREATE TABLE papers (
  id         uuid PRIMARY KEY,
  title      text,
  created_by uuid,
  created_at timestamptz
);

CREATE TABLE plans (
  id         uuid PRIMARY KEY,
  paper_id   uuid,
  env_hash   text,
  minutes    int,
  created_at timestamptz
);

CREATE TABLE runs (
  id         uuid PRIMARY KEY,
  plan_id    uuid,
  paper_id   uuid,
  status     text,
  created_at timestamptz
);

ALTER TABLE papers ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON papers USING (created_by IS NULL);
