-- PostgreSQL 18
ALTER TABLE users ADD CONSTRAINT users_age_known NOT NULL age;
