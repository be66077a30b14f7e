-- Keys of two columns, owners that are rows, tables that refer to themselves, quoted names.
-- expect: RG434 public.folders_of_me(integer) is SECURITY DEFINER
-- releasegate: draft
-- releasegate: identity app.user_id
-- releasegate: owner Docs%x by Owner
-- releasegate: owner lines via part
-- releasegate: owner folders by created_by
-- releasegate: owner work.logs via line

CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE SCHEMA work;
CREATE TABLE "Docs%x" (
  "Id" int, part int, "Owner" bigint NOT NULL REFERENCES people, body jsonb NOT NULL,
  size int GENERATED ALWAYS AS (length(body::text)) STORED, PRIMARY KEY ("Id", part));
CREATE TABLE lines (
  doc int, part int, no int, txt varchar(10) CHECK (length(txt) >= 3),
  PRIMARY KEY (doc, part, no),
  FOREIGN KEY (doc, part) REFERENCES "Docs%x" ("Id", part) ON DELETE CASCADE);
CREATE TABLE folders (
  id int PRIMARY KEY, "up%" int REFERENCES folders, created_by bigint REFERENCES people,
  is_open boolean NOT NULL DEFAULT false);
CREATE TABLE work.logs (
  id serial PRIMARY KEY, doc int, part int, line int, folder int REFERENCES folders,
  FOREIGN KEY (doc, part, line) REFERENCES lines (doc, part, no));
CREATE INDEX ON "Docs%x" ("Owner");
CREATE INDEX ON folders (created_by);
CREATE INDEX ON folders ("up%");
CREATE INDEX ON work.logs (doc, part, line);
CREATE INDEX ON work.logs (folder);

CREATE FUNCTION me() RETURNS bigint LANGUAGE sql STABLE RETURN
  CASE WHEN current_setting('app.user_id', true) ~ '^[0-9]{1,18}$'
       THEN current_setting('app.user_id', true)::bigint END;

-- A policy that reads its own table runs in a circle; a function of the owner's does not.
CREATE FUNCTION folders_of_me(folder int) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
  RETURN EXISTS (SELECT FROM folders f WHERE f.id = folder AND f.created_by = me());

CREATE POLICY own ON "Docs%x" USING ("Owner" = (SELECT me()));
CREATE POLICY own ON lines
  USING (doc = ANY (ARRAY(SELECT d."Id" FROM "Docs%x" d WHERE d."Owner" = (SELECT me())))
    AND EXISTS (SELECT FROM "Docs%x" d
      WHERE (d."Id", d.part) = (doc, lines.part) AND d."Owner" = (SELECT me())));
CREATE POLICY own ON folders
  USING (created_by = (SELECT me()))
  WITH CHECK (created_by = (SELECT me()) AND ("up%" IS NULL OR folders_of_me("up%")));
CREATE POLICY own ON work.logs
  USING (doc = ANY (ARRAY(SELECT d."Id" FROM "Docs%x" d WHERE d."Owner" = (SELECT me())))
    AND EXISTS (SELECT FROM "Docs%x" d
      WHERE (d."Id", d.part) = (logs.doc, logs.part) AND d."Owner" = (SELECT me())))
  WITH CHECK (EXISTS (SELECT FROM "Docs%x" d
      WHERE (d."Id", d.part) = (logs.doc, logs.part) AND d."Owner" = (SELECT me()))
    AND (folder IS NULL OR EXISTS (SELECT FROM folders f
      WHERE f.id = folder AND f.created_by = (SELECT me()))));
