UPDATE papers SET title = 'PAPER 2' WHERE title = 'Paper 3';
