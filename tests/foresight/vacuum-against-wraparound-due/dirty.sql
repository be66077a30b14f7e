ALTER TABLE runs SET (autovacuum_freeze_max_age = 100000);
UPDATE pg_class SET relfrozenxid = '4294000000', relpages = 100000 WHERE oid = 'runs'::regclass;
