"""What Django's models can't say.

What was voted on and how is never changed or deleted, nothing is cast once the key is gone; PostgreSQL finds measures by their words.
"""

from django.db import migrations

TABLES = (
    "measures_version",
    "measures_parityreading",
    "measures_vote",
    "measures_siderule",
    "measures_rollentry",
    "measures_ballot",
    "measures_voteclosing",
)


def _statements(vendor):
    if vendor == "postgresql":
        yield """
        CREATE FUNCTION measures_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """
        for table in TABLES:
            yield f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION measures_append_only()
            """
        yield """
        CREATE FUNCTION measures_ballot_box() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM measures_votekey WHERE vote_id = NEW.vote_id) THEN
                RAISE EXCEPTION 'the vote is closed';
            END IF;
            RETURN NEW;
        END $$
        """
        yield """
        CREATE TRIGGER measures_ballot_box BEFORE INSERT ON measures_ballot
        FOR EACH ROW EXECUTE FUNCTION measures_ballot_box()
        """
        yield """
        CREATE INDEX measure_words ON measures_measure USING gin (string_to_array(search, ' ')) WITH (fastupdate = off)
        """
    else:
        for table in TABLES:
            for event in ("UPDATE", "DELETE"):
                yield f"""
                CREATE TRIGGER {table}_never_{event.lower()} BEFORE {event} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
                """
        yield """
        CREATE TRIGGER measures_ballot_box BEFORE INSERT ON measures_ballot
        WHEN NOT EXISTS (SELECT 1 FROM measures_votekey WHERE vote_id = NEW.vote_id)
        BEGIN SELECT RAISE(ABORT, 'the vote is closed'); END
        """


def _back(vendor):
    if vendor == "postgresql":
        yield "DROP INDEX measure_words"
        yield "DROP TRIGGER measures_ballot_box ON measures_ballot"
        yield "DROP FUNCTION measures_ballot_box()"
        yield from (f"DROP TRIGGER {table}_append_only ON {table}" for table in TABLES)
        yield "DROP FUNCTION measures_append_only()"
    else:
        yield "DROP TRIGGER measures_ballot_box"
        yield from (f"DROP TRIGGER {table}_never_{event}" for table in TABLES for event in ("update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("measures", "0001_initial")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
