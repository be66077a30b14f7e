INSERT INTO slots VALUES (1, '[1,4)'), (2, '[4,9)');
