"""What is no relation: routines, types, extensions and the rest -> branches of the same query.

They have the columns of ``relations`` and draw on the same common table expressions, and on
``member``: what belongs to an extension.
"""

_SCHEMAS = """
SELECT 'schema', n.nspname, '', '', 'pg_namespace'::regclass, n.oid, 0, n.nspowner, n.nspacl, 'n',
       'present'
FROM schema n
"""

# One scan of pg_proc, which has thousands of rows of the system's.
_ROUTINES = """
SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
       n.nspname, '', p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
       'pg_proc'::regclass, p.oid, 0, p.proowner, p.proacl, 'f',
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE (
         SELECT concat_ws(' ',
                  pg_get_function_arguments(p.oid), 'RETURNS', pg_get_function_result(p.oid),
                  'parallel', p.proparallel, a.aggkind, a.aggnumdirectargs,
                  a.aggtransfn::regprocedure, a.aggfinalfn::regprocedure,
                  a.aggcombinefn::regprocedure, a.aggserialfn::regprocedure,
                  a.aggdeserialfn::regprocedure, a.aggmtransfn::regprocedure,
                  a.aggminvtransfn::regprocedure, a.aggmfinalfn::regprocedure,
                  a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify, a.aggmfinalmodify,
                  a.aggsortop::regoperator, format_type(a.aggtranstype, NULL), a.aggtransspace,
                  format_type(nullif(a.aggmtranstype, 0), NULL), a.aggmtransspace,
                  'INITCOND ' || a.agginitval, 'MINITCOND ' || a.aggminitval)
         FROM pg_aggregate a WHERE a.aggfnoid = p.oid) END
FROM pg_proc p JOIN schema n ON n.oid = p.pronamespace
"""

# Without the types that come with a table, an array or a range.
_TYPES = """
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, n.nspname, '', t.typname,
       'pg_type'::regclass, t.oid, 0, t.typowner, t.typacl, 'T',
       CASE t.typtype
         WHEN 'e' THEN (SELECT 'ENUM ' || string_agg(quote_literal(e.enumlabel), ', '
                                                     ORDER BY e.enumsortorder)
                        FROM pg_enum e WHERE e.enumtypid = t.oid)
         WHEN 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
                        CASE WHEN t.typcollation <> b.typcollation
                             THEN 'COLLATE ' || t.typcollation::regcollation END,
                        CASE WHEN t.typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || t.typdefault)
         WHEN 'r' THEN (SELECT concat_ws(' ', 'RANGE', format_type(r.rngsubtype, NULL),
                                         o.opcname, r.rngcollation::regcollation,
                                         r.rngcanonical, r.rngsubdiff,
                                         format_type(r.rngmultitypid, NULL))
                        FROM pg_range r JOIN pg_opclass o ON o.oid = r.rngsubopc
                        WHERE r.rngtypid = t.oid)
         WHEN 'c' THEN 'COMPOSITE'
         ELSE concat_ws(' ', 'BASE', t.typlen, t.typbyval, t.typcategory, t.typispreferred,
                        t.typisdefined, t.typdelim, t.typinput, t.typoutput, t.typreceive,
                        t.typsend, t.typmodin, t.typmodout, t.typalign, t.typstorage)
       END
FROM pg_type t JOIN schema n ON n.oid = t.typnamespace LEFT JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype <> 'm' AND t.typsubscript <> 'array_subscript_handler'::regproc
  AND (t.typtype <> 'c' OR t.typrelid IN (SELECT r.oid FROM relation r WHERE r.relkind = 'c'))
"""

# The constraint of a NOT NULL, a row of its own since 17, is told by the domain.
_DOMAIN_CONSTRAINTS = """
SELECT 'domain constraint', n.nspname, t.typname, c.conname, 'pg_constraint'::regclass, c.oid, 0,
       NULL, NULL, '', pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN schema n ON n.oid = t.typnamespace
WHERE c.conrelid = 0
  AND NOT EXISTS (SELECT FROM member m WHERE m.class = 'pg_type'::regclass AND m.oid = t.oid)
"""

_EXTENSIONS = """
SELECT 'extension', '', '', e.extname, 'pg_extension'::regclass, e.oid, 0, e.extowner, NULL, '',
       concat_ws(' ', 'VERSION', e.extversion, 'SCHEMA', e.extnamespace::regnamespace)
FROM pg_extension e
"""

_EVENT_TRIGGERS = """
SELECT 'event trigger', '', '', e.evtname, 'pg_event_trigger'::regclass, e.oid, 0, e.evtowner, NULL,
       '', concat_ws(' ', 'ON', e.evtevent, 'WHEN TAG IN ' || array_to_string(e.evttags, ', '),
                     'EXECUTE', e.evtfoid::regprocedure, 'enabled', e.evtenabled)
FROM pg_event_trigger e
"""

# Columns that only some majors have are reached through JSON.
_PUBLICATIONS = """
SELECT 'publication', '', '', p.pubname, 'pg_publication'::regclass, p.oid, 0, p.pubowner, NULL, '',
       concat_ws(' ', CASE WHEN p.puballtables THEN 'FOR ALL TABLES' END,
         CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
         CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END,
         CASE WHEN p.pubviaroot THEN 'via root' END,
         'generated ' || nullif(to_jsonb(p) ->> 'pubgencols', 'n'),
         'SCHEMAS ' || (SELECT string_agg(s.pnnspid::regnamespace::text, ', '
                                          ORDER BY s.pnnspid::regnamespace::text)
                        FROM pg_publication_namespace s WHERE s.pnpubid = p.oid))
FROM pg_publication p
"""

_PUBLISHED_TABLES = """
SELECT 'published table', '', p.pubname, r.prrelid::regclass::text, 'pg_publication_rel'::regclass,
       r.oid, 0, NULL, NULL, '',
       concat_ws(' ', 'present', 'COLUMNS ' ||
                 (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)
                  FROM pg_attribute a
                  WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[])),
                 'WHERE ' || pg_get_expr(r.prqual, r.prrelid))
FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
"""

# The subscription's connection string holds a password; it stays out.
_SUBSCRIPTIONS = """
SELECT 'subscription', '', '', s.subname, 'pg_subscription'::regclass, s.oid, 0, s.subowner, NULL,
       '', concat_ws(' ', 'PUBLICATION', array_to_string(s.subpublications, ', '), 'enabled',
                     s.subenabled, 'slot', s.subslotname)
FROM pg_subscription s
WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
"""

# acldefault() knows no letter for these: the stored list is the whole story.
_DEFAULT_PRIVILEGES = """
SELECT 'default', coalesce(n.nspname, ''), '',
       concat_ws(' ', d.defaclobjtype, 'of', o.name),
       'pg_default_acl'::regclass, d.oid, 0, NULL, d.defaclacl, '', NULL
FROM pg_default_acl d JOIN role o ON o.oid = d.defaclrole
LEFT JOIN schema n ON n.oid = d.defaclnamespace
WHERE d.defaclnamespace = 0 OR n.oid IS NOT NULL
"""

_COLLATIONS = """
SELECT 'collation', n.nspname, '', c.collname, 'pg_collation'::regclass, c.oid, 0, c.collowner,
       NULL, '',
       (to_jsonb(c) - '{oid,collname,collnamespace,collowner,collversion}'::text[])::text
FROM pg_collation c JOIN schema n ON n.oid = c.collnamespace
"""

_OPERATORS = """
SELECT 'operator', n.nspname, '',
       concat(o.oprname, '(', coalesce(format_type(nullif(o.oprleft, 0), NULL), 'none'), ',',
              format_type(o.oprright, NULL), ')'),
       'pg_operator'::regclass, o.oid, 0, o.oprowner, NULL, '',
       concat_ws(' ', o.oprcode::regprocedure, 'COMMUTATOR', o.oprcom::regoperator, 'NEGATOR',
                 o.oprnegate::regoperator, 'RESTRICT', o.oprrest, 'JOIN', o.oprjoin,
                 CASE WHEN o.oprcanmerge THEN 'MERGES' END,
                 CASE WHEN o.oprcanhash THEN 'HASHES' END)
FROM pg_operator o JOIN schema n ON n.oid = o.oprnamespace
"""

# Casts have no schema; those of the system have small numbers (manual, 67.2).
_CASTS = """
SELECT 'cast', '', '',
       concat_ws(' ', format_type(c.castsource, NULL), 'AS', format_type(c.casttarget, NULL)),
       'pg_cast'::regclass, c.oid, 0, NULL, NULL, '',
       concat_ws(' ', CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure END,
                 c.castcontext, c.castmethod)
FROM pg_cast c WHERE c.oid >= 16384
"""

_SERVERS = """
SELECT 'foreign server', '', '', s.srvname, 'pg_foreign_server'::regclass, s.oid, 0, s.srvowner,
       s.srvacl, 'S',
       concat_ws(' ', 'WRAPPER', quote_ident(w.fdwname), s.srvtype, s.srvversion,
                 (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(s.srvoptions) o))
FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
UNION ALL
SELECT 'foreign data wrapper', '', '', w.fdwname, 'pg_foreign_data_wrapper'::regclass, w.oid, 0,
       w.fdwowner, w.fdwacl, 'F',
       concat_ws(' ', w.fdwhandler::regproc, w.fdwvalidator::regproc,
                 (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(w.fdwoptions) o))
FROM pg_foreign_data_wrapper w
"""

_LANGUAGES = """
SELECT 'language', '', '', l.lanname, 'pg_language'::regclass, l.oid, 0, l.lanowner, l.lanacl, 'l',
       concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'TRUSTED' END, l.lanplcallfoid::regproc,
                 l.laninline::regproc, l.lanvalidator::regproc)
FROM pg_language l WHERE l.oid >= 16384
"""

# Of what came with the server or an extension: privileges other than those that it came with. For
# information_schema the server does not remember those.
_FOREIGN_PRIVILEGES = """
SELECT x.type, '', '', x.identity, o.class::regclass, NULL, 0, NULL, o.acl, '', NULL
FROM (
  SELECT 'pg_class'::regclass::oid AS class, oid, relnamespace AS schema, relacl AS acl
  FROM pg_class WHERE relacl IS NOT NULL
  UNION ALL
  SELECT 'pg_proc'::regclass, oid, pronamespace, proacl FROM pg_proc WHERE proacl IS NOT NULL
  UNION ALL
  SELECT 'pg_type'::regclass, oid, typnamespace, typacl FROM pg_type WHERE typacl IS NOT NULL
  UNION ALL
  SELECT 'pg_language'::regclass, oid, NULL, lanacl FROM pg_language
  WHERE lanacl IS NOT NULL
) o
LEFT JOIN pg_init_privs i ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = 0,
LATERAL pg_identify_object(o.class, o.oid, 0) x
WHERE o.acl IS DISTINCT FROM i.initprivs
  AND NOT EXISTS (SELECT FROM pg_namespace n WHERE n.oid = o.schema
                  AND n.nspname IN ('information_schema', 'releasegate'))
  AND (o.oid < 16384 OR EXISTS (SELECT FROM member m WHERE m.class = o.class AND m.oid = o.oid))
"""

# Kinds that hardly any migration touches.
_RARE = """
SELECT x.type, '', '', x.identity, o.class::regclass, o.oid, 0, o.owner, NULL, '',
       coalesce(o.told, 'present')
FROM (
  SELECT 'pg_opclass'::regclass::oid AS class, oid, opcowner AS owner,
         concat_ws(' ', CASE WHEN opcdefault THEN 'DEFAULT FOR' ELSE 'FOR' END,
                   format_type(opcintype, NULL)) AS told
  FROM pg_opclass WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_opfamily'::regclass, oid, opfowner, NULL FROM pg_opfamily WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_amop'::regclass, oid, NULL, amopopr::regoperator::text FROM pg_amop
  WHERE oid >= 16384 AND amopfamily NOT IN (SELECT m.oid FROM member m)
  UNION ALL
  SELECT 'pg_amproc'::regclass, oid, NULL, amproc::regprocedure::text FROM pg_amproc
  WHERE oid >= 16384 AND amprocfamily NOT IN (SELECT m.oid FROM member m)
  UNION ALL
  SELECT 'pg_am'::regclass, oid, NULL, amhandler::text FROM pg_am WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_conversion'::regclass, oid, conowner, concat_ws(' ', conproc, condefault)
  FROM pg_conversion WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_ts_config'::regclass, oid, cfgowner,
         (SELECT string_agg(concat_ws(' ', m.maptokentype, m.mapdict::regdictionary), ', '
                            ORDER BY m.maptokentype, m.mapseqno)
          FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)
  FROM pg_ts_config c WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, oid, dictowner, dictinitoption FROM pg_ts_dict WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_ts_parser'::regclass, oid, NULL, NULL FROM pg_ts_parser WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_ts_template'::regclass, oid, NULL, NULL FROM pg_ts_template WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_transform'::regclass, oid, NULL, concat_ws(' ', trffromsql, trftosql)
  FROM pg_transform WHERE oid >= 16384
) o, LATERAL pg_identify_object(o.class, o.oid, 0) x
UNION ALL
SELECT 'dependency', '', '', concat_ws(' ', x.type, x.identity, 'ON', quote_ident(e.extname)),
       d.classid::regclass, NULL, 0, NULL, NULL, '', 'present'
FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid,
LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) x
WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'x'
"""

# Owner and comment are not told: a database's own name differs wherever the plan is tried.
_DATABASE = """
SELECT 'database', '', '', 'current', 'pg_database'::regclass, NULL, 0, d.datdba, d.datacl, 'd',
       (SELECT string_agg(concat_ws(' ', 'FOR', o.name, 'SET', c), ', ' ORDER BY o.name, c)
        FROM pg_db_role_setting s JOIN role o ON o.oid = s.setrole, unnest(s.setconfig) c
        WHERE s.setdatabase = d.oid)
FROM pg_database d WHERE d.datname = current_database()
"""

OTHERS = (
    _SCHEMAS,
    _ROUTINES,
    _TYPES,
    _DOMAIN_CONSTRAINTS,
    _EXTENSIONS,
    _EVENT_TRIGGERS,
    _PUBLICATIONS,
    _PUBLISHED_TABLES,
    _SUBSCRIPTIONS,
    _DEFAULT_PRIVILEGES,
    _COLLATIONS,
    _OPERATORS,
    _CASTS,
    _SERVERS,
    _LANGUAGES,
    _FOREIGN_PRIVILEGES,
    _RARE,
    _DATABASE,
)
