UPDATE runs SET plan_id = md5('plan1')::uuid, paper_id = md5('paper1')::uuid WHERE status = 'done';
