CREATE ROLE nologin_owner IN ROLE releasegate_owner;
