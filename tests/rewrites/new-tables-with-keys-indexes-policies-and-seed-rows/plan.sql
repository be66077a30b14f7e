-- step 1: 8 statements together, as written
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO countries (code, name) VALUES ('de', 'Germany'), ('fr', 'France');
CREATE TABLE shipments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE,
  country char(2) REFERENCES countries,
  sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON shipments (order_id);
ALTER TABLE public.shipments ENABLE ROW LEVEL SECURITY;
CREATE POLICY shipments_read ON shipments FOR SELECT USING (sent_at <= now());
COMMENT ON TABLE shipments IS 'What left the house';
GRANT SELECT ON shipments TO PUBLIC;
COMMIT;
-- undo: DROP TABLE public.shipments;
-- undo: DROP TABLE public.countries;
