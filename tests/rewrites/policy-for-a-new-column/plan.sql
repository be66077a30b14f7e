-- step 1: 3 statements together, as written
--   ACCESS EXCLUSIVE on public.products
BEGIN;
ALTER TABLE public.products ADD COLUMN tenant_id int NOT NULL DEFAULT 1;
ALTER TABLE public.products ENABLE ROW LEVEL SECURITY;
CREATE POLICY products_tenant ON products USING (tenant_id = 1);
COMMIT;
-- undo: ALTER TABLE public.products DROP COLUMN tenant_id;
