UPDATE prices SET amount = -1 WHERE id = 2;
