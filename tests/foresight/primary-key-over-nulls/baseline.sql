CREATE TABLE papers (id uuid PRIMARY KEY, title text, created_by uuid, created_at timestamptz);
CREATE TABLE plans (id uuid, paper_id uuid, env_hash text, minutes int, created_at timestamptz);
CREATE TABLE runs (id uuid PRIMARY KEY, plan_id uuid, paper_id uuid, status text, created_at timestamptz);
