-- A table whose rows have a parent each, and its key.
-- left out: delete foreign public.accounts: 23503
-- left out: delete own public.accounts: 23503
-- baseline
CREATE TABLE accounts (id uuid PRIMARY KEY, person uuid);
CREATE TABLE profiles (account uuid PRIMARY KEY REFERENCES accounts, motto text);
CREATE INDEX ON accounts (person);
-- draft
-- releasegate: draft
-- releasegate: identity app.person
-- releasegate: owner accounts by person
-- releasegate: owner profiles via account

CREATE FUNCTION me() RETURNS uuid LANGUAGE sql STABLE RETURN
  CASE WHEN current_setting('app.person', true) ~ '^[0-9a-f-]{36}$'
       THEN current_setting('app.person', true)::uuid END;
CREATE POLICY own ON accounts USING (person = (SELECT me()));
CREATE POLICY own ON profiles
  USING (account = ANY (ARRAY(SELECT id FROM accounts WHERE person = (SELECT me()))))
  WITH CHECK (EXISTS (SELECT FROM accounts a WHERE a.id = account AND a.person = (SELECT me())));
