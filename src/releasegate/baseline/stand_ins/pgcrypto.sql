-- In place of pgcrypto: the functions that defaults and triggers call. None keeps a secret.
CREATE FUNCTION gen_random_uuid() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE
  RETURN pg_catalog.gen_random_uuid();
CREATE FUNCTION gen_random_bytes(count int) RETURNS bytea LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  AS $$ SELECT substring(string_agg(
          uuid_send(pg_catalog.gen_random_uuid()), ''::bytea), 1, $1)
        FROM generate_series(0, $1 / 16) $$;
CREATE FUNCTION digest(data bytea, type text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT CASE lower($2)
          WHEN 'md5' THEN decode(md5($1), 'hex')
          WHEN 'sha224' THEN sha224($1) WHEN 'sha384' THEN sha384($1)
          WHEN 'sha512' THEN sha512($1) ELSE sha256($1) END $$;
CREATE FUNCTION digest(data text, type text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN digest(convert_to(data, 'UTF8'), type);
CREATE FUNCTION hmac(data bytea, key bytea, type text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN digest(key || data, type);
CREATE FUNCTION hmac(data text, key text, type text) RETURNS bytea
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN digest(key || data, type);
CREATE FUNCTION gen_salt(type text) RETURNS text LANGUAGE sql VOLATILE STRICT PARALLEL SAFE
  RETURN '$' || type || '$'
    || pg_catalog.gen_random_uuid()::text;
CREATE FUNCTION gen_salt(type text, rounds int) RETURNS text
  LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN gen_salt(type);
CREATE FUNCTION crypt(password text, salt text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN left(salt, 40) ||
    md5(left(salt, 40) || password);
CREATE FUNCTION pgp_sym_encrypt(data text, key text) RETURNS bytea
  LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN convert_to(data, 'UTF8');
CREATE FUNCTION pgp_sym_encrypt(data text, key text, options text) RETURNS bytea
  LANGUAGE sql VOLATILE STRICT PARALLEL SAFE RETURN convert_to(data, 'UTF8');
CREATE FUNCTION pgp_sym_decrypt(data bytea, key text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_from(data, 'UTF8');
CREATE FUNCTION pgp_sym_decrypt(data bytea, key text, options text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN convert_from(data, 'UTF8');
