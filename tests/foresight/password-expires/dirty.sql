CREATE ROLE expired LOGIN VALID UNTIL '2020-01-01' IN ROLE releasegate_owner;
