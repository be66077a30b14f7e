ALTER TABLE "UserGroups" ADD UNIQUE ("group", "ownerId"), ADD CHECK ("ownerId" > 0), ADD FOREIGN KEY ("ownerId") REFERENCES users;
