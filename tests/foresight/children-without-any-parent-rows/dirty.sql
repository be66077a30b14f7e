TRUNCATE papers;
