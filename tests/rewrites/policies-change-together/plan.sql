-- step 1: 4 statements together, as written
--   ACCESS EXCLUSIVE on audit.events
BEGIN;
DROP POLICY events_all ON audit.events;
CREATE POLICY events_own ON audit.events FOR SELECT USING (actor_id = 1);
CREATE POLICY events_insert ON audit.events FOR INSERT WITH CHECK (true);
ALTER TABLE audit.events FORCE ROW LEVEL SECURITY;
COMMIT;
