UPDATE plans SET minutes = -1 WHERE minutes = 5;
