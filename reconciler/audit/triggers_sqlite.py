"""SQLite: triggers before each row, inserts too, as INSERT OR REPLACE deletes without a DELETE trigger."""

from reconciler.audit.trigger_set import ENTRIES, HEADS, TriggerSet

APPEND_ONLY = "SELECT RAISE(ABORT, 'audit entries are append-only');"
FORWARD_ONLY = "SELECT RAISE(ABORT, 'the head of an audit chain only moves forward');"

TRIGGERS = {
    "audit_entry_no_update": f"BEFORE UPDATE ON {ENTRIES} BEGIN {APPEND_ONLY} END",
    "audit_entry_no_delete": f"BEFORE DELETE ON {ENTRIES} BEGIN {APPEND_ONLY} END",
    "audit_entry_no_replace": f"BEFORE INSERT ON {ENTRIES} WHEN EXISTS (SELECT 1 FROM {ENTRIES} "
    f"WHERE id = NEW.id OR (chain = NEW.chain AND sequence = NEW.sequence)) BEGIN {APPEND_ONLY} END",
    "audit_head_forward": f"BEFORE UPDATE ON {HEADS} "
    f"WHEN NEW.chain IS NOT OLD.chain OR NEW.sequence <= OLD.sequence BEGIN {FORWARD_ONLY} END",
    "audit_head_no_delete": f"BEFORE DELETE ON {HEADS} BEGIN {FORWARD_ONLY} END",
    "audit_head_no_replace": f"BEFORE INSERT ON {HEADS} "
    f"WHEN EXISTS (SELECT 1 FROM {HEADS} WHERE chain = NEW.chain) BEGIN {FORWARD_ONLY} END",
}

SQLITE = TriggerSet(
    names=frozenset(TRIGGERS),
    create=tuple(f"CREATE TRIGGER {name} {rule}" for name, rule in TRIGGERS.items()),
    drop=tuple(f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS),
    standing="SELECT name FROM sqlite_master WHERE type = 'trigger'",
)
