UPDATE events_2027 SET kind = 2 WHERE id = 900;
