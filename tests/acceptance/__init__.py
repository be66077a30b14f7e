"""The program as its operators meet it: argv -> exit code, text and database."""
