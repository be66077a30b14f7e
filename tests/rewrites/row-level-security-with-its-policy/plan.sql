-- step 1: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY orders_all ON orders USING (true) WITH CHECK (true);
COMMIT;
