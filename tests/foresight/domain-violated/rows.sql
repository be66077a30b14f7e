INSERT INTO prices SELECT n, n FROM generate_series(1, 5) n;
