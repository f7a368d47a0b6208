"""What Django's models can't say: confirmations, words about services and reconciled answers are added and never changed."""

from django.db import migrations

TABLES = (
    "facilities_confirmation",
    "facilities_stillrightasked",
    "facilities_servicestatus",
    "facilities_reconciled",
)


def _statements(vendor):
    for table in TABLES:
        if vendor == "postgresql":
            yield f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION facilities_append_only()
            """
        else:
            for event in ("UPDATE", "DELETE"):
                yield f"""
                CREATE TRIGGER {table}_never_{event.lower()} BEFORE {event} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
                """


def _back(vendor):
    for table in TABLES:
        if vendor == "postgresql":
            yield f"DROP TRIGGER {table}_append_only ON {table}"
        else:
            yield from (f"DROP TRIGGER {table}_never_{event}" for event in ("update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("facilities", "0002_append_only_and_search")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
