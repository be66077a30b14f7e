UPDATE plans SET code = repeat('x', 9) WHERE id = 2;
