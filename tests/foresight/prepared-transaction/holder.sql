UPDATE plans SET minutes = 1;
PREPARE TRANSACTION 'it''s \forgotten';
