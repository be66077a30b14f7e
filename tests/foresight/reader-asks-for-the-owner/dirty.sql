CREATE ROLE reader LOGIN IN ROLE pg_read_all_data, pg_read_all_stats;
