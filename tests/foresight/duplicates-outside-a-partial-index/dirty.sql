UPDATE runs SET status = 'old', plan_id = NULL;
