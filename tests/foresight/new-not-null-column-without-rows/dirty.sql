TRUNCATE plans;
