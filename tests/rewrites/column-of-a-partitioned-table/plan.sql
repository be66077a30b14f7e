-- step 1: add column measurements.unit
--   ACCESS EXCLUSIVE on public.measurements
--   ACCESS EXCLUSIVE on public.measurements_2025
--   ACCESS EXCLUSIVE on public.measurements_2026
BEGIN;
ALTER TABLE public.measurements ADD COLUMN unit text NOT NULL DEFAULT 'C';
COMMIT;
-- undo: ALTER TABLE public.measurements DROP COLUMN unit;
