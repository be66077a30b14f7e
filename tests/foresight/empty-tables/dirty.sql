TRUNCATE papers, plans, runs;
