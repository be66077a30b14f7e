UPDATE plans SET env_hash = NULL, minutes = NULL;
