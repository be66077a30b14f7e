CREATE INDEX measurements_device_idx ON measurements (device);
