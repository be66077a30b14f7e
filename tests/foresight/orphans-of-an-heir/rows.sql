INSERT INTO papers SELECT generate_series(1, 5); INSERT INTO plans SELECT n, n FROM generate_series(1, 5) n; INSERT INTO plans_old VALUES (77, 99);
