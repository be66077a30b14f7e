CREATE TABLE slots (id int PRIMARY KEY, taken int4range);
