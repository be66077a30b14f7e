-- step 1: add key readings_device_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.devices
--   SHARE ROW EXCLUSIVE on public.devices_1
--   SHARE ROW EXCLUSIVE on public.readings
BEGIN;
ALTER TABLE public.readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id, region) REFERENCES public.devices NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.readings DROP CONSTRAINT readings_device_fk;

-- step 2: check every row against readings_device_fk
--   ROW SHARE on public.devices
--   SHARE UPDATE EXCLUSIVE on public.readings
BEGIN;
ALTER TABLE public.readings VALIDATE CONSTRAINT readings_device_fk;
COMMIT;
