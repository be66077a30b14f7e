UPDATE events_2025 SET kind = 2 WHERE id = 1;
