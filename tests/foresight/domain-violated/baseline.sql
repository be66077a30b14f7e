CREATE DOMAIN money_amount AS int; CREATE TABLE prices (id int PRIMARY KEY, amount money_amount);
