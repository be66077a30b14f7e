UPDATE papers SET title = title WHERE id = md5('paper1')::uuid;
