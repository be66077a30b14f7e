CREATE INDEX ON users ((settings ->> 'theme'));
