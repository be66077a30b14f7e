CREATE TABLE documents (id bigint PRIMARY KEY, title text, author_id bigint);
CREATE TABLE letters (receiver text) INHERITS (documents);
CREATE TABLE authors (id bigint PRIMARY KEY);
