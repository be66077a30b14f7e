-- Keys of two columns, of which no list makes an index search: the rest holds.
-- expect: RG435 public.orders: no index leads to somebody's rows
-- left out: upsert on a foreign id public.orders: 23503
-- baseline
CREATE TABLE accounts (tenant int, no int, owner int, name text, PRIMARY KEY (tenant, no));
CREATE TABLE orders (
  tenant int, account int, no int, note text, PRIMARY KEY (tenant, no),
  FOREIGN KEY (tenant, account) REFERENCES accounts (tenant, no));
CREATE INDEX accounts_owner ON accounts (owner);
CREATE INDEX orders_account ON orders (tenant, account);
-- draft
-- releasegate: draft
-- releasegate: identity shop.owner
-- releasegate: owner accounts by owner
-- releasegate: owner orders via account

CREATE FUNCTION me() RETURNS int LANGUAGE sql STABLE RETURN
  CASE WHEN current_setting('shop.owner', true) ~ '^\d{1,9}$'
       THEN current_setting('shop.owner', true)::int END;
CREATE POLICY own ON accounts USING (owner = (SELECT me()));
CREATE POLICY own ON orders
  USING ((tenant, account) IN (SELECT a.tenant, a.no FROM accounts a WHERE a.owner = (SELECT me())));
