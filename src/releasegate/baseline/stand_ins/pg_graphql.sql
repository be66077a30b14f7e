-- In place of pg_graphql: its one function for callers, which answers nothing.
CREATE FUNCTION resolve(query text, variables jsonb DEFAULT '{}', "operationName" text DEFAULT NULL,
  extensions jsonb DEFAULT NULL) RETURNS jsonb LANGUAGE sql STABLE RETURN '{}'::jsonb;
