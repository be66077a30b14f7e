INSERT INTO "Odd Schema"."Paper's" SELECT md5('p' || n)::uuid, 'x' FROM generate_series(1, 5) n;
INSERT INTO "Odd Schema"."plan ""x""" SELECT md5('q' || n)::uuid, md5('p' || n)::uuid, n FROM generate_series(1, 5) n;
