"""Policies and the functions that they call -> what they look at beside the declared identity."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from releasegate.specimens.raw import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from releasegate.gates.rehearsal.policies.stage import Stage

_ASKED = """
WITH RECURSIVE policy AS (
  SELECT p.oid, p.polname, p.polqual, p.polwithcheck, p.polrelid
  FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN ROWS FROM (unnest($1::text[]), unnest($2::text[])) w (s, r)
    ON n.nspname = w.s AND c.relname = w.r
), called (oid) AS (
  SELECT d.refobjid FROM policy JOIN pg_catalog.pg_depend d ON d.objid = policy.oid
    AND d.classid = 'pg_catalog.pg_policy'::regclass
    AND d.refclassid = 'pg_catalog.pg_proc'::regclass
  UNION
  SELECT d.refobjid FROM called JOIN pg_catalog.pg_depend d ON d.objid = called.oid
    AND d.classid = 'pg_catalog.pg_proc'::regclass
    AND d.refclassid = 'pg_catalog.pg_proc'::regclass
)
SELECT 'the policy ' || polname,
       concat_ws(' ', pg_catalog.pg_get_expr(polqual, polrelid),
                 pg_catalog.pg_get_expr(polwithcheck, polrelid))
FROM policy
UNION ALL
SELECT 'the function ' || called.oid::regprocedure::text,
       concat_ws(' ', p.prosrc, pg_catalog.pg_get_function_sqlbody(p.oid))
FROM called JOIN pg_catalog.pg_proc p ON p.oid = called.oid
ORDER BY 1
"""
_SETTING = re.compile(r"\bcurrent_setting\s*\(\s*(?:'([^']*)')?", re.IGNORECASE)
_ROLE = re.compile(
    r"\b(current_user|session_user|current_role|pg_has_role|inet_client_addr|pg_settings)\b",
    re.IGNORECASE,
)


def beside(stage: Stage) -> Iterator[str]:
    """Name what nobody has tried: whoever has that role or setting may see anything."""
    names = list(stage.declaration.tables)
    values = [name.schema for name in names], [name.name for name in names]
    for who, text in ask(stage.owner, _ASKED, values):
        for name in dict.fromkeys(_SETTING.findall(text)):
            if name != stage.declaration.identity:
                yield f"{who} looks at the setting {name or 'that it puts together'}"
        for word in dict.fromkeys(word.lower() for word in _ROLE.findall(text)):
            yield f"{who} looks at {word}"
