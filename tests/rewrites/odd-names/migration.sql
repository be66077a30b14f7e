BEGIN;
ALTER TABLE "UserGroups" ADD COLUMN "select" text, ADD COLUMN "two words" int DEFAULT 1, ADD COLUMN "a""quote" text;
ALTER TABLE "UserGroups" ADD CONSTRAINT "Owner, (of) group" FOREIGN KEY ("ownerId") REFERENCES users (id);
ALTER TABLE "UserGroups" ADD CONSTRAINT "group ""is"" unique" UNIQUE ("group");
CREATE INDEX "sixty three bytes, with an umlaut: ä, ......................._63" ON "UserGroups" ("ownerId");
COMMIT;
