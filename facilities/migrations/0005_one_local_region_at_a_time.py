"""What Django's models can't say on every database: a municipality is in one local-region at a time."""

from django.db import migrations

TAKEN = """
    NEW.ended_at IS NULL AND EXISTS (
        SELECT 1 FROM facilities_grouping g
        WHERE g.municipality_id = NEW.municipality_id AND g.id <> COALESCE(NEW.id, -1) AND g.ended_at IS NULL
        AND (NEW.ends_on IS NULL OR g.starts_on <= NEW.ends_on) AND (g.ends_on IS NULL OR g.ends_on >= NEW.starts_on)
    )
"""
TEXT = "this municipality is in a local-region at that time already"


def _statements(vendor):
    if vendor == "postgresql":
        yield f"""
        CREATE FUNCTION facilities_one_local_region() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {TAKEN} THEN RAISE EXCEPTION '{TEXT}'; END IF;
            RETURN NEW;
        END $$
        """
        yield """
        CREATE TRIGGER facilities_one_local_region BEFORE INSERT OR UPDATE ON facilities_grouping
        FOR EACH ROW EXECUTE FUNCTION facilities_one_local_region()
        """
    else:
        for event in ("INSERT", "UPDATE"):
            yield f"""
            CREATE TRIGGER facilities_one_local_region_{event.lower()} BEFORE {event} ON facilities_grouping
            WHEN {TAKEN} BEGIN SELECT RAISE(ABORT, '{TEXT}'); END
            """


def _back(vendor):
    if vendor == "postgresql":
        yield "DROP TRIGGER facilities_one_local_region ON facilities_grouping"
        yield "DROP FUNCTION facilities_one_local_region()"
    else:
        yield from (f"DROP TRIGGER facilities_one_local_region_{event}" for event in ("insert", "update"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("facilities", "0004_reports_stay")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
