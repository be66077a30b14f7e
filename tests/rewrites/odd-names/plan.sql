-- step 1: add columns UserGroups.select, UserGroups.two words, UserGroups.a"quote
--   ACCESS EXCLUSIVE on public.UserGroups
BEGIN;
ALTER TABLE public."UserGroups" ADD COLUMN "select" text, ADD COLUMN "two words" int DEFAULT 1, ADD COLUMN "a""quote" text;
COMMIT;
-- undo: ALTER TABLE public."UserGroups" DROP COLUMN "a""quote";
-- undo: ALTER TABLE public."UserGroups" DROP COLUMN "two words";
-- undo: ALTER TABLE public."UserGroups" DROP COLUMN "select";

-- step 2: build index group "is" unique
--   SHARE UPDATE EXCLUSIVE on public.UserGroups
CREATE UNIQUE INDEX CONCURRENTLY "group ""is"" unique" ON public."UserGroups" ("group");
-- undo: DROP INDEX CONCURRENTLY public."group ""is"" unique";

-- step 3: make group "is" unique a constraint
--   ACCESS EXCLUSIVE on public.UserGroups
BEGIN;
ALTER TABLE public."UserGroups" ADD CONSTRAINT "group ""is"" unique" UNIQUE USING INDEX "group ""is"" unique";
COMMIT;
-- undo: ALTER TABLE public."UserGroups" DROP CONSTRAINT "group ""is"" unique";

-- step 4: build index sixty three bytes, with an umlaut: ä, ......................._
--   SHARE UPDATE EXCLUSIVE on public.UserGroups
CREATE INDEX CONCURRENTLY "sixty three bytes, with an umlaut: ä, ......................._" ON public."UserGroups" ("ownerId");
-- undo: DROP INDEX CONCURRENTLY public."sixty three bytes, with an umlaut: ä, ......................._";

-- step 5: add key Owner, (of) group, for new rows
--   SHARE ROW EXCLUSIVE on public.UserGroups
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public."UserGroups" ADD CONSTRAINT "Owner, (of) group" FOREIGN KEY ("ownerId") REFERENCES public.users (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public."UserGroups" DROP CONSTRAINT "Owner, (of) group";

-- step 6: check every row against Owner, (of) group
--   SHARE UPDATE EXCLUSIVE on public.UserGroups
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public."UserGroups" VALIDATE CONSTRAINT "Owner, (of) group";
COMMIT;
