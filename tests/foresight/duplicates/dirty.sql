UPDATE plans SET env_hash = 'same' WHERE minutes < 4;
