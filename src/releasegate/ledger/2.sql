-- What happened, one row an event, never changed: each carries the digest of the one before, so
-- that a row cannot be altered, put in or taken out without all later digests being another. run and
-- step say what stands now; body is their row as the event left it, or what became of a try.
CREATE TABLE releasegate.journal (
  position bigint PRIMARY KEY CHECK (position > 0),
  event    text NOT NULL CHECK (event IN (
    'ledger adopted', 'run began', 'run ended',
    'step started', 'step applied', 'step found', 'step failed', 'step undone')),
  body     jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object'),
  before   text NOT NULL,
  -- SHA-256, in hexadecimal, of before, position, event and body, each on a line of its own
  digest   text NOT NULL UNIQUE
);

-- Where a run was at work: a copy of the database brings its rows along.
ALTER TABLE releasegate.run ADD system_identifier text, ADD database_oid oid;

INSERT INTO releasegate.ledger (version) VALUES (2);
