"""What tables, views and sequences hold -> branches of one query, a kind of object each.

A branch yields ``kind, schema, tbl, name, class, oid, part, owner, acl, acl_kind, definition``;
``acl_kind`` is acldefault()'s letter. They draw on the common table expressions ``schema``,
``role`` and ``relation``.
"""

TABLES = """
SELECT 'table'::text, r.nspname::text, ''::text, r.relname::text, 'pg_class'::regclass, r.oid, 0,
       r.relowner, r.relacl, 'r'::text,
       concat_ws(' ', 'kind', r.relkind, 'persistence', r.relpersistence,
                 'row security', r.relrowsecurity, r.relforcerowsecurity)
FROM relation r WHERE r.relkind IN ('r', 'p')
"""

# An invalid NOT NULL has a constraint of its own (18), though attnotnull is set.
COLUMNS = """
SELECT 'column', r.nspname, r.relname, a.attname, 'pg_class'::regclass, r.oid, a.attnum::int,
       NULL, nullif(a.attacl, '{}'), '',
       concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attcollation <> t.typcollation
                      THEN 'COLLATE ' || a.attcollation::regcollation END,
                 CASE WHEN a.attnotnull THEN 'NOT NULL' || coalesce(
                        (SELECT ' NOT VALID' FROM pg_constraint n
                         WHERE n.conrelid = a.attrelid AND n.contype = 'n'
                           AND n.conkey[1] = a.attnum AND NOT n.convalidated), '') END,
                 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
                 'IDENTITY ' || nullif(a.attidentity::text, ''),
                 'GENERATED ' || nullif(a.attgenerated::text, ''))
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
"""

CONSTRAINTS = """
SELECT 'constraint', r.nspname, r.relname, c.conname, 'pg_constraint'::regclass, c.oid, 0,
       NULL, NULL, '', pg_get_constraintdef(c.oid)
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
"""

INDEXES = """
SELECT 'index', r.nspname, '', r.relname, 'pg_class'::regclass, r.oid, 0, NULL, NULL, '',
       concat_ws(' ', pg_get_indexdef(r.oid),
                 CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'INVALID' END)
FROM relation r JOIN pg_index i ON i.indexrelid = r.oid
WHERE r.relkind IN ('i', 'I')
"""

# -- what stands beside those, so that a recorded definition does not change with a setting --------

_TABLE_SETTINGS = """
SELECT CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
                      WHEN 'I' THEN 'index' WHEN 'f' THEN 'foreign table' ELSE 'table' END
         || ' settings',
       r.nspname, '', r.relname, 'pg_class'::regclass, NULL::oid, 0, NULL, NULL, '',
       nullif(concat_ws(' ',
         (SELECT 'INHERITS ' || string_agg(i.inhparent::regclass
                   || CASE WHEN i.inhdetachpending THEN ' DETACH PENDING' ELSE '' END,
                   ', ' ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = r.oid),
         CASE WHEN r.relpartbound IS NOT NULL THEN pg_get_expr(r.relpartbound, r.oid) END,
         CASE WHEN r.relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(r.oid) END,
         CASE WHEN r.reloftype <> 0 THEN 'OF ' || format_type(r.reloftype, NULL) END,
         'USING ' || (SELECT a.amname FROM pg_am a
                      WHERE a.oid = r.relam AND a.amname <> 'heap'
                        AND r.relkind IN ('r', 'p', 'm')),
         'WITH ' || nullif((SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(r.reloptions) o
                            WHERE r.relkind NOT IN ('i', 'I')), ''),
         'TOAST ' || (SELECT nullif(array_to_string(x.reloptions, ', '), '') FROM pg_class x
                      WHERE x.oid = r.reltoastrelid),
         'TABLESPACE ' || (SELECT s.spcname FROM pg_tablespace s WHERE s.oid = r.reltablespace),
         'REPLICA IDENTITY ' || CASE WHEN r.relkind IN ('r', 'p', 'm')
                                THEN nullif(r.relreplident::text, 'd') END,
         CASE WHEN NOT r.relispopulated THEN 'WITH NO DATA' END,
         CASE WHEN x.indisclustered THEN 'CLUSTER' END,
         CASE WHEN x.indisreplident THEN 'REPLICA IDENTITY' END,
         (SELECT 'STATISTICS ' || string_agg(a.attnum || ' ' || a.attstattarget, ', '
                                             ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = x.indexrelid AND a.attstattarget >= 0)), '')
FROM relation r LEFT JOIN pg_index x ON x.indexrelid = r.oid
WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'i', 'I')
"""

_COLUMN_SETTINGS = """
SELECT 'column settings', r.nspname, r.relname, a.attname, 'pg_class'::regclass, NULL, 0, NULL,
       NULL, '',
       nullif(concat_ws(' ',
         CASE WHEN a.attstorage <> t.typstorage THEN 'STORAGE ' || a.attstorage::text END,
         'COMPRESSION ' || nullif(a.attcompression::text, ''),
         'STATISTICS ' || nullif(a.attstattarget, -1),
         'WITH ' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attoptions) o),
         'OPTIONS ' || (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(a.attfdwoptions) o),
         CASE WHEN NOT a.attislocal THEN 'INHERITED' END,
         CASE WHEN a.attislocal AND a.attinhcount > 0 THEN 'LOCAL AND INHERITED' END), '')
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE r.relkind IN ('r', 'p', 'f', 'm')
"""

# What SELECT * gives; attnum itself counts dropped columns too.
_COLUMN_ORDER = """
SELECT 'column order', r.nspname, '', r.relname, 'pg_class'::regclass, NULL, 0, NULL, NULL, '',
       string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM relation r
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
GROUP BY r.oid, r.nspname, r.relname
"""

# Triggers that enforce a key are internal; ALTER TABLE ... DISABLE TRIGGER ALL reaches them.
_CONSTRAINT_SETTINGS = """
SELECT 'constraint settings', r.nspname, r.relname, c.conname, 'pg_constraint'::regclass, NULL, 0,
       NULL, NULL, '',
       nullif(concat_ws(' ',
         CASE WHEN NOT c.conislocal THEN 'INHERITED' END,
         CASE WHEN c.conislocal AND c.coninhcount > 0 THEN 'LOCAL AND INHERITED' END,
         (SELECT 'TRIGGERS ' || string_agg(t.tgenabled::text, '' ORDER BY t.tgname)
          FROM pg_trigger t WHERE t.tgconstraint = c.oid AND t.tgisinternal
          HAVING bool_or(t.tgenabled <> 'O'))), '')
FROM relation r JOIN pg_constraint c ON c.conrelid = r.oid
"""

_FOREIGN_TABLES = """
SELECT 'foreign table', r.nspname, '', r.relname, 'pg_class'::regclass, r.oid, 0, r.relowner,
       r.relacl, 'r',
       concat_ws(' ', 'SERVER', quote_ident(s.srvname), 'OPTIONS',
                 (SELECT string_agg(o, ', ' ORDER BY o) FROM unnest(f.ftoptions) o))
FROM relation r
JOIN pg_foreign_table f ON f.ftrelid = r.oid JOIN pg_foreign_server s ON s.oid = f.ftserver
"""

_SEQUENCES = """
SELECT 'sequence', r.nspname, '', r.relname, 'pg_class'::regclass, r.oid, 0, r.relowner, r.relacl,
       's',
       concat_ws(' ', format_type(q.seqtypid, NULL), 'START', q.seqstart, 'INCREMENT',
                 q.seqincrement, 'MINVALUE', q.seqmin, 'MAXVALUE', q.seqmax, 'CACHE', q.seqcache,
                 CASE WHEN q.seqcycle THEN 'CYCLE' END, 'persistence', r.relpersistence,
                 (SELECT 'OWNED BY ' || d.refobjid::regclass || '.' || quote_ident(a.attname)
                  FROM pg_depend d
                  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid
                    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')))
FROM relation r JOIN pg_sequence q ON q.seqrelid = r.oid
"""

_VIEWS = """
SELECT CASE r.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, r.nspname, '', r.relname,
       'pg_class'::regclass, r.oid, 0, r.relowner, r.relacl, 'r', pg_get_viewdef(r.oid)
FROM relation r WHERE r.relkind IN ('v', 'm')
"""

_POLICIES = """
SELECT 'policy', r.nspname, r.relname, p.polname, 'pg_policy'::regclass, p.oid, 0, NULL, NULL, '',
       concat_ws(' ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                 'FOR', p.polcmd, 'TO',
                 (SELECT string_agg(o.name, ', ' ORDER BY o.name) FROM role o
                  WHERE o.oid = ANY (p.polroles)),
                 'USING ' || pg_get_expr(p.polqual, p.polrelid),
                 'WITH CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid))
FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
"""

_TRIGGERS = """
SELECT 'trigger', r.nspname, r.relname, t.tgname, 'pg_trigger'::regclass, t.oid, 0, NULL, NULL, '',
       concat_ws(' ', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled)
FROM relation r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
"""

_RULES = """
SELECT 'rule', r.nspname, r.relname, w.rulename, 'pg_rewrite'::regclass, w.oid, 0, NULL, NULL, '',
       concat_ws(' ', pg_get_ruledef(w.oid), 'enabled', w.ev_enabled)
FROM relation r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
"""

_STATISTICS = """
SELECT 'statistics', n.nspname, '', s.stxname, 'pg_statistic_ext'::regclass, s.oid, 0, s.stxowner,
       NULL, '',
       concat_ws(' ', pg_get_statisticsobjdef(s.oid), 'STATISTICS ' || nullif(s.stxstattarget, -1))
FROM pg_statistic_ext s JOIN schema n ON n.oid = s.stxnamespace
"""

#: the kinds that a ledger records: their strings outlive the release that wrote them
RECORDED = (TABLES, COLUMNS, CONSTRAINTS, INDEXES)
RELATIONS = (
    *RECORDED,
    _TABLE_SETTINGS,
    _COLUMN_SETTINGS,
    _COLUMN_ORDER,
    _CONSTRAINT_SETTINGS,
    _FOREIGN_TABLES,
    _SEQUENCES,
    _VIEWS,
    _POLICIES,
    _TRIGGERS,
    _RULES,
    _STATISTICS,
)
