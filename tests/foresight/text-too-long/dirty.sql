UPDATE papers SET title = repeat('x', 30) WHERE title = 'Paper 3';
