UPDATE plans SET minutes = NULL WHERE minutes = 5;
