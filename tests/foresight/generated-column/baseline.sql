CREATE TABLE papers (id int PRIMARY KEY); CREATE TABLE plans (id int PRIMARY KEY, code text, paper_id int GENERATED ALWAYS AS (length(code)) STORED);
