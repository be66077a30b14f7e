-- The shop that the cases change, where a case has no baseline.sql of its own.
CREATE SCHEMA audit;

CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped');
CREATE TYPE address AS (street text, city text);
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE DOMAIN work_email AS email;
CREATE DOMAIN label AS text;

CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

CREATE TABLE users (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
  name text,
  manager_id bigint,
  country char(2),
  age int,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz
);

CREATE TABLE products (
  id bigint PRIMARY KEY,
  sku text,
  name text NOT NULL,
  price numeric(10, 2),
  tags text[],
  CONSTRAINT products_price_check CHECK (price > 0)
);
CREATE INDEX products_name_idx ON products (name);

CREATE TABLE orders (
  id bigint PRIMARY KEY,
  user_id bigint NOT NULL,
  status order_status NOT NULL DEFAULT 'new',
  total numeric(12, 2),
  coupon varchar(20),
  placed_at timestamptz,
  updated_at timestamptz
);
CREATE INDEX orders_placed_at_idx ON orders (placed_at);
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE order_items (
  order_id bigint NOT NULL,
  line int,
  product_id bigint,
  quantity int,
  price numeric(10, 2)
);

CREATE TABLE payments (
  id bigint PRIMARY KEY,
  order_id bigint NOT NULL,
  amount numeric(12, 2),
  CONSTRAINT payments_order_fk FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE UNIQUE INDEX payments_order_id_idx ON payments (order_id);

CREATE TABLE invoices (id bigint PRIMARY KEY, order_id bigint, number text);
ALTER TABLE invoices ADD CONSTRAINT invoices_order_fk
  FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;

CREATE TABLE audit.events (id bigint PRIMARY KEY, actor_id bigint, kind text, payload jsonb);
ALTER TABLE audit.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_all ON audit.events USING (true);

CREATE TABLE "UserGroups" ("Id" bigint PRIMARY KEY, "ownerId" bigint, "group" text);

CREATE TABLE measurements (device int NOT NULL, at timestamptz NOT NULL, value float8)
  PARTITION BY RANGE (at);
CREATE TABLE measurements_2025 PARTITION OF measurements
  FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE measurements_2026 PARTITION OF measurements
  FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');

CREATE VIEW active_users AS SELECT id, email FROM users WHERE name IS NOT NULL;
