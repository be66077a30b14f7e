CREATE TABLE papers (id int PRIMARY KEY); CREATE TABLE plans (id int PRIMARY KEY, paper_id int); CREATE TABLE plans_old () INHERITS (plans);
