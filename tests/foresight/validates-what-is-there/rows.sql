INSERT INTO papers SELECT md5('paper' || n)::uuid, 'Paper ' || n, NULL, '2026-01-01'::timestamptz + n * interval '1 hour'
FROM generate_series(1, 20) n;
INSERT INTO plans SELECT md5('plan' || n)::uuid, md5('paper' || (n % 20 + 1))::uuid, 'env' || n, n, '2026-02-01'::timestamptz + n * interval '1 hour'
FROM generate_series(1, 60) n;
INSERT INTO runs SELECT md5('run' || n)::uuid, md5('plan' || (n % 60 + 1))::uuid, md5('paper' || (n % 20 + 1))::uuid, 'done', '2026-03-01'::timestamptz + n * interval '1 hour'
FROM generate_series(1, 200) n;
