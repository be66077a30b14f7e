-- without BEGIN the file gives two times as well
ALTER TABLE users ADD COLUMN seen_at timestamptz DEFAULT now();
ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT now();
