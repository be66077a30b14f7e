DELETE FROM papers WHERE title LIKE 'Paper 1%';
