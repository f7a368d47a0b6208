"""What Django's models can't say: what was counted, given out and judged is never changed or deleted, and no mark is given while its round is not open."""

from django.db import migrations

TABLES = (
    "campaigns_handin",
    "campaigns_distribution",
    "campaigns_lot",
    "campaigns_roundentry",
    "campaigns_mark",
    "campaigns_conflict",
    "campaigns_resultsheet",
    "campaigns_activity",
    "campaigns_activitycorrection",
    "campaigns_reached",
    "campaigns_handout",
    "campaigns_activityclosing",
    "campaigns_toldfigure",
)
OPEN = """
    SELECT 1 FROM campaigns_assignment a JOIN campaigns_round r ON r.id = a.round_id
    WHERE a.id = NEW.assignment_id AND r.state = 'open'
"""


def _statements(vendor):
    if vendor == "postgresql":
        yield """
        CREATE FUNCTION campaigns_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
        for table in TABLES:
            yield f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION campaigns_append_only()
            """
        yield f"""
        CREATE FUNCTION campaigns_round_open() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS ({OPEN}) THEN
                RAISE EXCEPTION 'the round is not open';
            END IF;
            RETURN NEW;
        END $$
        """
        yield """
        CREATE TRIGGER campaigns_round_open BEFORE INSERT ON campaigns_mark
        FOR EACH ROW EXECUTE FUNCTION campaigns_round_open()
        """
    else:
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                yield f"""
                CREATE TRIGGER {table}_never_{event.lower()} BEFORE {event} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
                """
        yield f"""
        CREATE TRIGGER campaigns_round_open BEFORE INSERT ON campaigns_mark WHEN NOT EXISTS ({OPEN})
        BEGIN SELECT RAISE(ABORT, 'the round is not open'); END
        """


def _back(vendor):
    if vendor == "postgresql":
        yield "DROP TRIGGER campaigns_round_open ON campaigns_mark"
        yield "DROP FUNCTION campaigns_round_open()"
        yield from (f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES)
        yield "DROP FUNCTION campaigns_append_only()"
    else:
        yield "DROP TRIGGER campaigns_round_open"
        yield from (f"DROP TRIGGER {table}_never_{event}" for table in TABLES for event in ("update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
