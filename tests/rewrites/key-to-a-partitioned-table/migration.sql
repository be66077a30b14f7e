ALTER TABLE readings ADD CONSTRAINT readings_device_fk FOREIGN KEY (device_id, region) REFERENCES devices;
