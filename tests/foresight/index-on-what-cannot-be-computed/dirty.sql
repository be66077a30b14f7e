UPDATE plans SET env_hash = 'twelve' WHERE minutes = 12; UPDATE plans SET env_hash = minutes::text WHERE minutes <> 12;
