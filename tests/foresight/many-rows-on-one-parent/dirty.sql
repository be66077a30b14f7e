UPDATE runs SET paper_id = md5('paper1')::uuid WHERE status = 'done';
