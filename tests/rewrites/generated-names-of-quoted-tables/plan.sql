-- step 1: build index UserGroups_group_ownerId_key
--   SHARE UPDATE EXCLUSIVE on public.UserGroups
CREATE UNIQUE INDEX CONCURRENTLY "UserGroups_group_ownerId_key" ON public."UserGroups" ("group", "ownerId");
-- undo: DROP INDEX CONCURRENTLY public."UserGroups_group_ownerId_key";

-- step 2: make UserGroups_group_ownerId_key a constraint
--   ACCESS EXCLUSIVE on public.UserGroups
BEGIN;
ALTER TABLE public."UserGroups" ADD CONSTRAINT "UserGroups_group_ownerId_key" UNIQUE USING INDEX "UserGroups_group_ownerId_key";
COMMIT;
-- undo: ALTER TABLE public."UserGroups" DROP CONSTRAINT "UserGroups_group_ownerId_key";

-- step 3: add check UserGroups_ownerId_check, for new rows
--   ACCESS EXCLUSIVE on public.UserGroups
BEGIN;
ALTER TABLE public."UserGroups" ADD CONSTRAINT "UserGroups_ownerId_check" CHECK ("ownerId" > 0) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public."UserGroups" DROP CONSTRAINT "UserGroups_ownerId_check";

-- step 4: check every row against UserGroups_ownerId_check
--   SHARE UPDATE EXCLUSIVE on public.UserGroups
BEGIN;
ALTER TABLE public."UserGroups" VALIDATE CONSTRAINT "UserGroups_ownerId_check";
COMMIT;

-- step 5: add key UserGroups_ownerId_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.UserGroups
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public."UserGroups" ADD CONSTRAINT "UserGroups_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES public.users NOT VALID;
COMMIT;
-- undo: ALTER TABLE public."UserGroups" DROP CONSTRAINT "UserGroups_ownerId_fkey";

-- step 6: check every row against UserGroups_ownerId_fkey
--   SHARE UPDATE EXCLUSIVE on public.UserGroups
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public."UserGroups" VALIDATE CONSTRAINT "UserGroups_ownerId_fkey";
COMMIT;
