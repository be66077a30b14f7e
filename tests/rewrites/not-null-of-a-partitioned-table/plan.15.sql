-- step 1: let measurements.value take no NULL any more
--   ACCESS EXCLUSIVE on public.measurements
--   ACCESS EXCLUSIVE on public.measurements_2025
--   ACCESS EXCLUSIVE on public.measurements_2026
BEGIN;
ALTER TABLE public.measurements ADD CONSTRAINT releasegate_nn_0593ea0528d2 CHECK (value IS NOT NULL) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.measurements DROP CONSTRAINT releasegate_nn_0593ea0528d2;

-- step 2: check that no row has NULL in measurements.value
--   SHARE UPDATE EXCLUSIVE on public.measurements
--   SHARE UPDATE EXCLUSIVE on public.measurements_2025
--   SHARE UPDATE EXCLUSIVE on public.measurements_2026
BEGIN;
ALTER TABLE public.measurements VALIDATE CONSTRAINT releasegate_nn_0593ea0528d2;
COMMIT;

-- step 3: make measurements.value NOT NULL
--   ACCESS EXCLUSIVE on public.measurements
--   ACCESS EXCLUSIVE on public.measurements_2025
--   ACCESS EXCLUSIVE on public.measurements_2026
BEGIN;
ALTER TABLE public.measurements ALTER COLUMN value SET NOT NULL;
ALTER TABLE public.measurements DROP CONSTRAINT releasegate_nn_0593ea0528d2;
COMMIT;
-- undo: ALTER TABLE public.measurements ALTER COLUMN value DROP NOT NULL;
