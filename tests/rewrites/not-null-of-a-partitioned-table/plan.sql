-- step 1: let measurements.value take no NULL any more
--   ACCESS EXCLUSIVE on public.measurements
--   ACCESS EXCLUSIVE on public.measurements_2025
--   ACCESS EXCLUSIVE on public.measurements_2026
BEGIN;
ALTER TABLE public.measurements ADD CONSTRAINT measurements_value_not_null NOT NULL value NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.measurements DROP CONSTRAINT measurements_value_not_null;

-- step 2: check that no row has NULL in measurements.value
--   SHARE UPDATE EXCLUSIVE on public.measurements
--   SHARE UPDATE EXCLUSIVE on public.measurements_2025
--   SHARE UPDATE EXCLUSIVE on public.measurements_2026
BEGIN;
ALTER TABLE public.measurements VALIDATE CONSTRAINT measurements_value_not_null;
COMMIT;
