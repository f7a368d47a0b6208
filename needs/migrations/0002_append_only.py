"""What Django's models can't say: a line of a book is never changed or deleted."""

from django.db import migrations

TABLES = ("needs_needentry", "needs_surplusentry")


def _statements(vendor):
    if vendor == "postgresql":
        yield """
        CREATE FUNCTION needs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
        for table in TABLES:
            yield f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION needs_append_only()
            """
    else:
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                yield f"""
                CREATE TRIGGER {table}_never_{event.lower()} BEFORE {event} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
                """


def _back(vendor):
    if vendor == "postgresql":
        yield from (f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES)
        yield "DROP FUNCTION needs_append_only()"
    else:
        yield from (f"DROP TRIGGER {table}_never_{event}" for table in TABLES for event in ("update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
