CREATE TABLE devices (id int, region int, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE devices_1 PARTITION OF devices FOR VALUES IN (1);
CREATE TABLE readings (device_id int, region int, value float8);
