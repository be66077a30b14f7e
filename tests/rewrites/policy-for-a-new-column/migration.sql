BEGIN;
ALTER TABLE products ADD COLUMN tenant_id int NOT NULL DEFAULT 1;
ALTER TABLE products ENABLE ROW LEVEL SECURITY;
CREATE POLICY products_tenant ON products USING (tenant_id = 1);
COMMIT;
