UPDATE events SET kind = 9 WHERE id = 30;
