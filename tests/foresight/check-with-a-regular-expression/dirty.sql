UPDATE plans SET env_hash = 'a "quoted" one' WHERE minutes = 9;
