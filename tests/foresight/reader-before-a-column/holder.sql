SELECT count(*) FROM plans;
