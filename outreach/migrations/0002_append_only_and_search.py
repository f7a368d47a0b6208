"""What Django's models can't say: what was reported, trained and told is never changed or deleted; PostgreSQL finds referrals by words and trigrams."""

from django.db import migrations

TABLES = (
    "outreach_dailyreport",
    "outreach_reportcorrection",
    "outreach_seen",
    "outreach_referred",
    "outreach_training",
    "outreach_trainingcorrection",
    "outreach_trained",
    "outreach_closing",
    "outreach_toldfigure",
)
SEARCH = [
    "CREATE INDEX pathway_words ON outreach_pathway USING gin (string_to_array(search, ' ')) WITH (fastupdate = off)",
    "CREATE INDEX pathway_search_trigram ON outreach_pathway USING gin (search gin_trgm_ops) WITH (fastupdate = off)",
]


def _statements(vendor):
    if vendor == "postgresql":
        yield """
        CREATE FUNCTION outreach_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
        for table in TABLES:
            yield f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION outreach_append_only()
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
        yield "DROP INDEX pathway_words"
        yield "DROP INDEX pathway_search_trigram"
        yield from (f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES)
        yield "DROP FUNCTION outreach_append_only()"
    else:
        yield from (f"DROP TRIGGER {table}_never_{event}" for table in TABLES for event in ("update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial"), ("network", "0002_append_only_and_search")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
