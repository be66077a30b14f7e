UPDATE lines SET tenant = NULL WHERE id = 5;
