REVOKE UPDATE ON papers FROM releasegate_owner;
