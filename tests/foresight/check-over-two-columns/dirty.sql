UPDATE runs SET status = 'open', plan_id = NULL WHERE id = md5('run1')::uuid;
