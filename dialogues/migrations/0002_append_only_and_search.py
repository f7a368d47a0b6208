"""What Django's models can't say: revisions of minutes are never changed or deleted; PostgreSQL finds cases by words and trigrams."""

from django.db import migrations

TABLES = ("dialogues_minutesrevision", "dialogues_decision")
# The words of a case, and parts of them; as for the names of members, not partial where the planner needs statistics.
SEARCH = [
    """
    CREATE INDEX case_words ON dialogues_casestudy USING gin (string_to_array(search, ' '))
    WITH (fastupdate = off)
    """,
    """
    CREATE INDEX case_search_trigram ON dialogues_casestudy USING gin (search gin_trgm_ops)
    WITH (fastupdate = off) WHERE state = 'published'
    """,
]


def _statements(vendor):
    if vendor == "postgresql":
        yield """
        CREATE FUNCTION dialogues_revision_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
        for table in TABLES:
            yield f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION dialogues_revision_append_only()
            """
        yield from SEARCH
    else:
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                yield f"""
                CREATE TRIGGER {table}_never_{event.lower()} BEFORE {event} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
                """


def _back(vendor):
    if vendor == "postgresql":
        yield "DROP INDEX case_words"
        yield "DROP INDEX case_search_trigram"
        yield from (f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES)
        yield "DROP FUNCTION dialogues_revision_append_only()"
    else:
        yield from (f"DROP TRIGGER {table}_never_{event}" for table in TABLES for event in ("update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0001_initial")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
