UPDATE plans SET minutes = 40000 WHERE minutes = 4;
