-- step 1: add column order_items.user_id
--   ACCESS EXCLUSIVE on public.order_items
BEGIN;
ALTER TABLE public.order_items ADD COLUMN user_id bigint;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP COLUMN user_id;

-- step 2: build index orders_id_user_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE UNIQUE INDEX CONCURRENTLY orders_id_user_idx ON public.orders (id, user_id);
-- undo: DROP INDEX CONCURRENTLY public.orders_id_user_idx;

-- step 3: add key order_items_order_user_fk, for new rows
--   SHARE ROW EXCLUSIVE on public.order_items
--   SHARE ROW EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.order_items ADD CONSTRAINT order_items_order_user_fk FOREIGN KEY (order_id, user_id)
    REFERENCES public.orders (id, user_id) ON DELETE SET NULL (user_id) NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.order_items DROP CONSTRAINT order_items_order_user_fk;

-- step 4: check every row against order_items_order_user_fk
--   SHARE UPDATE EXCLUSIVE on public.order_items
--   ROW SHARE on public.orders
BEGIN;
ALTER TABLE public.order_items VALIDATE CONSTRAINT order_items_order_user_fk;
COMMIT;
