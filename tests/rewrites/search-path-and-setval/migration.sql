SET search_path = public;
SELECT setval('users_id_seq', 1000);
