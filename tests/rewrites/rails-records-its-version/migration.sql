BEGIN;
CREATE TABLE "coupons" ("id" bigserial primary key, "code" character varying NOT NULL);
INSERT INTO "schema_migrations" (version) VALUES ('20260102030405');
COMMIT;
