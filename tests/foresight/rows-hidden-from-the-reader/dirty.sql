CREATE ROLE shortsighted LOGIN; GRANT SELECT ON papers, plans, runs TO shortsighted;
