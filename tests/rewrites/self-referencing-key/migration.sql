BEGIN;
ALTER TABLE users ADD CONSTRAINT users_manager_fk FOREIGN KEY (manager_id) REFERENCES users (id) ON DELETE SET NULL;
CREATE INDEX users_manager_idx ON users (manager_id);
COMMIT;
