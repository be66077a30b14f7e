CREATE MATERIALIZED VIEW revenue AS SELECT user_id, sum(total) FROM orders GROUP BY user_id;
