"""PostgreSQL: row triggers, statement triggers against TRUNCATE (row triggers do not see it), no privilege.

Each trigger is ENABLE ALWAYS, so that `session_replication_role = replica` does not switch it off, and raises
`restrict_violation`, an IntegrityError in Django as on SQLite.
"""

from reconciler.audit.trigger_set import ENTRIES, HEADS, TriggerSet

FUNCTION = """
CREATE OR REPLACE FUNCTION reconciler_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', MESSAGE = TG_ARGV[0];
END $$
"""
APPEND_ONLY = "EXECUTE FUNCTION reconciler_audit_refuse('audit entries are append-only')"
FORWARD_ONLY = "EXECUTE FUNCTION reconciler_audit_refuse('the head of an audit chain only moves forward')"

ENTRY_TRIGGERS = {
    "audit_entry_no_change": f"BEFORE UPDATE OR DELETE ON {ENTRIES} FOR EACH ROW {APPEND_ONLY}",
    "audit_entry_no_truncate": f"BEFORE TRUNCATE ON {ENTRIES} FOR EACH STATEMENT {APPEND_ONLY}",
}
HEAD_TRIGGERS = {
    "audit_head_forward": f"BEFORE UPDATE ON {HEADS} FOR EACH ROW WHEN "
    f"(NEW.chain IS DISTINCT FROM OLD.chain OR NEW.sequence <= OLD.sequence) {FORWARD_ONLY}",
    "audit_head_no_delete": f"BEFORE DELETE ON {HEADS} FOR EACH ROW {FORWARD_ONLY}",
    "audit_head_no_truncate": f"BEFORE TRUNCATE ON {HEADS} FOR EACH STATEMENT {FORWARD_ONLY}",
}
TABLES = {ENTRIES: ENTRY_TRIGGERS, HEADS: HEAD_TRIGGERS}
PRIVILEGES = {ENTRIES: "UPDATE, DELETE, TRUNCATE", HEADS: "DELETE, TRUNCATE"}


def _each(statement: str) -> tuple[str, ...]:
    return tuple(
        statement.format(name=name, table=table, rule=rule)
        for table, triggers in TABLES.items()
        for name, rule in triggers.items()
    )


POSTGRESQL = TriggerSet(
    names=frozenset(ENTRY_TRIGGERS) | frozenset(HEAD_TRIGGERS),
    create=(
        FUNCTION,
        *_each("CREATE TRIGGER {name} {rule}"),
        *_each("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"),
        *(f"REVOKE {rights} ON {table} FROM PUBLIC, CURRENT_USER" for table, rights in PRIVILEGES.items()),
    ),
    drop=(
        *_each("DROP TRIGGER IF EXISTS {name} ON {table}"),
        *(f"GRANT {rights} ON {table} TO CURRENT_USER" for table, rights in PRIVILEGES.items()),
        "DROP FUNCTION IF EXISTS reconciler_audit_refuse()",
    ),
    standing="SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' "
    f"AND tgrelid IN (to_regclass('{ENTRIES}'), to_regclass('{HEADS}'))",
)
