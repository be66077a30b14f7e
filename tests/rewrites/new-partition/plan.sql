-- step 1: create table measurements_2027 ..., as written
--   ACCESS EXCLUSIVE on public.measurements
--   ACCESS EXCLUSIVE on public.measurements_2025
--   ACCESS EXCLUSIVE on public.measurements_2026
BEGIN;
CREATE TABLE measurements_2027 PARTITION OF measurements FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
COMMIT;
-- undo: DROP TABLE public.measurements_2027;
