UPDATE plans SET env_hash = 'other' WHERE minutes = 9;
