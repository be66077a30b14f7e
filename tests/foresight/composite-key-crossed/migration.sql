BEGIN;
ALTER TABLE lines ADD CONSTRAINT lines_order FOREIGN KEY (tenant, number) REFERENCES orders (tenant, number);
COMMIT;
