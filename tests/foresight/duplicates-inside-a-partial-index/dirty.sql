UPDATE runs SET status = 'open' WHERE paper_id = md5('paper1')::uuid;
