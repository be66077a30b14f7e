ALTER TABLE users ADD COLUMN backup_email email;
