-- Another schema, and names that need quotes.
-- baseline
CREATE SCHEMA "My App";
CREATE TABLE "My App"."Order Lists" (
  "Id" uuid PRIMARY KEY, "Owner-Id" text NOT NULL, "100%" int, "order" text);
CREATE TABLE "My App"."select" (
  "Id" uuid PRIMARY KEY, "List-Id" uuid NOT NULL REFERENCES "My App"."Order Lists", "a""b" text);
CREATE INDEX ON "My App"."Order Lists" ("Owner-Id");
CREATE INDEX ON "My App"."select" ("List-Id");
-- draft
-- releasegate: draft
-- releasegate: identity my_app.who
-- releasegate: owner "My App"."Order Lists" by "Owner-Id"
-- releasegate: owner "My App"."select" via "List-Id"

CREATE POLICY "own ""lists""" ON "My App"."Order Lists"
  USING ("Owner-Id" = (SELECT nullif(current_setting('my_app.who', true), '')));
CREATE POLICY "own lines" ON "My App"."select"
  USING ("List-Id" = ANY (ARRAY(SELECT "Id" FROM "My App"."Order Lists"
    WHERE "Owner-Id" = (SELECT nullif(current_setting('my_app.who', true), '')))))
  WITH CHECK (EXISTS (SELECT FROM "My App"."Order Lists" l
    WHERE l."Id" = "List-Id"
      AND l."Owner-Id" = (SELECT nullif(current_setting('my_app.who', true), ''))));
