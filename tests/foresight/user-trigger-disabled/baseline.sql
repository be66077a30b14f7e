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

CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.created_at := now(); RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION stamp();
