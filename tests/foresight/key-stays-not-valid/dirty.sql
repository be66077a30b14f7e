UPDATE plans SET paper_id = gen_random_uuid() WHERE minutes = 8;
