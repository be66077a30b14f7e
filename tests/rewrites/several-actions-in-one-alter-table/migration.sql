BEGIN;
ALTER TABLE orders
  ADD COLUMN note text,
  ADD COLUMN priority int NOT NULL DEFAULT 0,
  ADD CONSTRAINT orders_total_positive CHECK (total >= 0),
  ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT,
  ALTER COLUMN placed_at SET NOT NULL;
COMMIT;
