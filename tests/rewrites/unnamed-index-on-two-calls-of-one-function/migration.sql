CREATE INDEX ON users (lower(email), lower(name));
