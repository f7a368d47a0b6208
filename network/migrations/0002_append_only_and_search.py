"""What Django's models can't say: steps are never changed or deleted, and PostgreSQL finds names by whole words and by trigrams."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

KEPT = ("id", "subject_type", "subject_id", "move", "from_state", "to_state", "by_id", "at")

POSTGRESQL = [
    """
    CREATE FUNCTION network_transition_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR NEW.reason <> '' OR NEW.changes <> '{}'::jsonb
           OR (KEPT-NEW) IS DISTINCT FROM (KEPT-OLD) THEN
            RAISE EXCEPTION 'network_transition is append-only';
        END IF;
        RETURN NEW;
    END $$
    """.replace("KEPT-NEW", ", ".join(f"NEW.{c}" for c in KEPT)).replace(
        "KEPT-OLD", ", ".join(f"OLD.{c}" for c in KEPT)
    ),
    """
    CREATE TRIGGER network_transition_append_only BEFORE UPDATE OR DELETE ON network_transition
    FOR EACH ROW EXECUTE FUNCTION network_transition_append_only()
    """,
    # Not partial: the planner uses no statistics of a partial index, and takes a name that nobody bears for a common one.
    """
    CREATE INDEX practitioner_words ON network_practitioner USING gin (string_to_array(search, ' '))
    WITH (fastupdate = off)
    """,
    "ALTER INDEX practitioner_words ALTER COLUMN 1 SET STATISTICS 1000",
    """
    CREATE INDEX practitioner_search_trigram ON network_practitioner USING gin (search gin_trgm_ops)
    WITH (fastupdate = off) WHERE state = 'active'
    """,
]
POSTGRESQL_BACK = [
    "DROP INDEX practitioner_words",
    "DROP INDEX practitioner_search_trigram",
    "DROP TRIGGER network_transition_append_only ON network_transition",
    "DROP FUNCTION network_transition_append_only()",
]
SQLITE = [
    """
    CREATE TRIGGER network_transition_never_deleted BEFORE DELETE ON network_transition
    BEGIN SELECT RAISE(ABORT, 'network_transition is append-only'); END
    """,
    """
    CREATE TRIGGER network_transition_never_changed BEFORE UPDATE ON network_transition
    WHEN NEW.reason <> '' OR NEW.changes <> '{}' OR KEPT-CHANGED
    BEGIN SELECT RAISE(ABORT, 'network_transition is append-only'); END
    """.replace("KEPT-CHANGED", " OR ".join(f"NEW.{c} IS NOT OLD.{c}" for c in KEPT)),
]
SQLITE_BACK = ["DROP TRIGGER network_transition_never_changed", "DROP TRIGGER network_transition_never_deleted"]


def _run(postgresql, sqlite):
    def operation(apps, schema_editor):
        for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
            schema_editor.execute(statement)

    return operation


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial")]

    operations = [
        TrigramExtension(),
        migrations.RunPython(_run(POSTGRESQL, SQLITE), _run(POSTGRESQL_BACK, SQLITE_BACK)),
    ]
