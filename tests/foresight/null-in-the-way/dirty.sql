UPDATE plans SET paper_id = NULL WHERE minutes = 3;
