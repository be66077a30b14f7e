INSERT INTO orders SELECT n % 3, n, 'x' FROM generate_series(1, 30) n; INSERT INTO lines SELECT n, n % 3, n FROM generate_series(1, 30) n;
