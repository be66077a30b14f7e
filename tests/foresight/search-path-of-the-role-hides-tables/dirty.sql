CREATE SCHEMA shadow; CREATE TABLE shadow.plans (id uuid, paper_id uuid);
ALTER ROLE releasegate_owner IN DATABASE DATABASE_NAME SET search_path = shadow, public;
