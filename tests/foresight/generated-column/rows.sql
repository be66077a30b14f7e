INSERT INTO papers SELECT generate_series(1, 5); INSERT INTO plans (id, code) SELECT n, repeat('x', n) FROM generate_series(1, 5) n;
