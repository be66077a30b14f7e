UPDATE plans SET env_hash = minutes::text;
