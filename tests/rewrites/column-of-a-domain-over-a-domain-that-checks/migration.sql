ALTER TABLE users ADD COLUMN office_email work_email;
