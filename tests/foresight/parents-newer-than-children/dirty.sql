UPDATE papers SET created_at = now();
