UPDATE papers SET title = 'short' || repeat(' ', 30) WHERE title = 'Paper 3';
