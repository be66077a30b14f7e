CREATE TABLE orders (tenant int, number int, note text, PRIMARY KEY (tenant, number));
CREATE TABLE lines (id int PRIMARY KEY, tenant int, number int);
