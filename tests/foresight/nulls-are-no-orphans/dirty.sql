UPDATE plans SET paper_id = NULL WHERE minutes < 30; UPDATE runs SET plan_id = NULL, paper_id = NULL;
