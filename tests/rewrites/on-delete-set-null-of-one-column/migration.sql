BEGIN;
CREATE UNIQUE INDEX orders_id_user_idx ON orders (id, user_id);
ALTER TABLE order_items ADD COLUMN user_id bigint,
  ADD CONSTRAINT order_items_order_user_fk FOREIGN KEY (order_id, user_id)
    REFERENCES orders (id, user_id) ON DELETE SET NULL (user_id);
COMMIT;
