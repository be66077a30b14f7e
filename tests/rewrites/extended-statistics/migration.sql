CREATE STATISTICS users_place (dependencies) ON country, age FROM users;
ALTER TABLE users ALTER COLUMN country SET STATISTICS 500;
