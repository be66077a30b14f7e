CREATE ROLE team; GRANT team TO releasegate_owner; GRANT CREATE ON SCHEMA public TO team; ALTER TABLE papers OWNER TO team; ALTER TABLE plans OWNER TO team; ALTER TABLE runs OWNER TO team;
