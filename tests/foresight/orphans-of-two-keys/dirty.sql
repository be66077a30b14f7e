UPDATE runs SET plan_id = gen_random_uuid() WHERE id = (SELECT min(id::text)::uuid FROM runs); UPDATE runs SET paper_id = gen_random_uuid() WHERE id = (SELECT max(id::text)::uuid FROM runs);
