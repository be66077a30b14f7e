CREATE PUBLICATION everything FOR ALL TABLES; SELECT pg_create_logical_replication_slot('follower', 'pgoutput');
