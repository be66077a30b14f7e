ALTER TABLE measurements ADD CONSTRAINT measurements_device_fk FOREIGN KEY (device) REFERENCES users (id);
