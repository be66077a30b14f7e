ALTER DOMAIN email ADD CONSTRAINT email_not_empty CHECK (VALUE <> '@');
