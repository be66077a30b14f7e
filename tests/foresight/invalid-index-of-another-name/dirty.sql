CREATE INDEX somebodys ON runs (status);
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'somebodys'::regclass;
