DELETE FROM nodes WHERE id = 3;
