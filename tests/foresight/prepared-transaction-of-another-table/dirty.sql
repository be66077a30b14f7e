CREATE TABLE notes (id int PRIMARY KEY);
GRANT ALL ON notes TO releasegate_owner;
