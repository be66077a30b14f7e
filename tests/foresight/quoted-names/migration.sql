BEGIN;
ALTER TABLE "Odd Schema"."plan ""x""" ADD CONSTRAINT "plan's key" FOREIGN KEY ("Paper Id") REFERENCES "Odd Schema"."Paper's" ("Id");
CREATE INDEX "by Paper" ON "Odd Schema"."plan ""x""" ("Paper Id");
COMMIT;
