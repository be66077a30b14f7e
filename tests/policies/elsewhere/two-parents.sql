-- A row between two parents, one of them under a parent itself; and a tree.
-- expect: RG434 public.is_my_folder(integer) is SECURITY DEFINER
-- baseline
CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);
CREATE TABLE folders (
  id int PRIMARY KEY, person bigint NOT NULL REFERENCES people, inside int REFERENCES folders);
CREATE TABLE notes (id int PRIMARY KEY, folder int NOT NULL REFERENCES folders, said text);
CREATE TABLE tags (id int PRIMARY KEY, person bigint NOT NULL REFERENCES people, word text);
CREATE TABLE note_tags (
  note int REFERENCES notes ON DELETE CASCADE, tag int REFERENCES tags ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (note, tag));
CREATE INDEX ON folders (person);
CREATE INDEX ON folders (inside);
CREATE INDEX ON notes (folder);
CREATE INDEX ON tags (person);
CREATE INDEX ON note_tags (tag);
-- draft
-- releasegate: draft
-- releasegate: identity app.person
-- releasegate: owner folders by person
-- releasegate: owner tags by person
-- releasegate: owner notes via folder
-- releasegate: owner note_tags via note

CREATE FUNCTION me() RETURNS bigint LANGUAGE sql STABLE RETURN
  CASE WHEN current_setting('app.person', true) ~ '^\d{1,18}$'
       THEN current_setting('app.person', true)::bigint END;
CREATE POLICY own ON tags USING (person = (SELECT me()));
-- A policy that asks its own table goes round in circles; a function does not.
CREATE FUNCTION is_my_folder(one int) RETURNS bool LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public RETURN EXISTS (
    SELECT FROM folders WHERE id = one AND person = (SELECT me()));
CREATE POLICY own ON folders USING (person = (SELECT me()))
  WITH CHECK (person = (SELECT me()) AND (inside IS NULL OR is_my_folder(inside)));
CREATE POLICY own ON notes
  USING (folder = ANY (ARRAY(SELECT id FROM folders WHERE person = (SELECT me()))))
  WITH CHECK (EXISTS (SELECT FROM folders f WHERE f.id = folder AND f.person = (SELECT me())));
CREATE POLICY own ON note_tags
  USING (note = ANY (ARRAY(SELECT n.id FROM notes n JOIN folders f ON f.id = n.folder
                           WHERE f.person = (SELECT me()))))
  WITH CHECK (
    EXISTS (SELECT FROM notes n JOIN folders f ON f.id = n.folder
            WHERE n.id = note AND f.person = (SELECT me()))
    AND EXISTS (SELECT FROM tags t WHERE t.id = tag AND t.person = (SELECT me())));
