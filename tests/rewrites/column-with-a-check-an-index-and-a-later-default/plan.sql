-- step 1: 2 statements together, as written
--   ACCESS EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders ADD COLUMN agent_id bigint, ADD CONSTRAINT orders_agent_id_check CHECK (agent_id > 0) NOT VALID;
ALTER TABLE public.orders ALTER COLUMN agent_id SET DEFAULT 1;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_agent_id_check;
-- undo: ALTER TABLE public.orders DROP COLUMN agent_id;

-- step 2: build index orders_agent_idx
--   SHARE UPDATE EXCLUSIVE on public.orders
CREATE INDEX CONCURRENTLY orders_agent_idx ON public.orders (agent_id);
-- undo: DROP INDEX CONCURRENTLY public.orders_agent_idx;

-- step 3: check every row against orders_agent_id_check
--   SHARE UPDATE EXCLUSIVE on public.orders
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_agent_id_check;
COMMIT;

-- step 4: add key orders_agent_id_fkey, for new rows
--   SHARE ROW EXCLUSIVE on public.orders
--   SHARE ROW EXCLUSIVE on public.users
BEGIN;
ALTER TABLE public.orders ADD CONSTRAINT orders_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.users NOT VALID;
COMMIT;
-- undo: ALTER TABLE public.orders DROP CONSTRAINT orders_agent_id_fkey;

-- step 5: check every row against orders_agent_id_fkey
--   SHARE UPDATE EXCLUSIVE on public.orders
--   ROW SHARE on public.users
BEGIN;
ALTER TABLE public.orders VALIDATE CONSTRAINT orders_agent_id_fkey;
COMMIT;
