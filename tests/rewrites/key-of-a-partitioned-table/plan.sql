-- step 1: add key measurements_device_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.measurements
--   SHARE ROW EXCLUSIVE on public.measurements_2025
--   SHARE ROW EXCLUSIVE on public.measurements_2026
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.measurements ADD CONSTRAINT measurements_device_fk FOREIGN KEY (device) REFERENCES public.users (id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.measurements DROP CONSTRAINT measurements_device_fk;

-- step 2: check every row against measurements_device_fk
--   SHARE UPDATE EXCLUSIVE on public.measurements
--   SHARE UPDATE EXCLUSIVE on public.measurements_2025
--   SHARE UPDATE EXCLUSIVE on public.measurements_2026
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public.measurements VALIDATE CONSTRAINT measurements_device_fk;
COMMIT;
