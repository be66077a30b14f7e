INSERT INTO slots VALUES (1, '[1,5)'), (2, '[4,9)');
