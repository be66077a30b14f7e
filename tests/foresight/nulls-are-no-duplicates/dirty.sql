UPDATE plans SET env_hash = NULL WHERE minutes < 40;
