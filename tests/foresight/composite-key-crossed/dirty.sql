UPDATE lines SET tenant = (tenant + 1) % 3 WHERE id = 5;
