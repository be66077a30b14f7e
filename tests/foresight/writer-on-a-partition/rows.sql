INSERT INTO kinds SELECT generate_series(1, 5); INSERT INTO events SELECT n, n % 5 + 1, '2025-06-01'::date + n * 10 FROM generate_series(1, 40) n;
