INSERT INTO nodes SELECT n, nullif(n / 2, 0) FROM generate_series(1, 30) n;
