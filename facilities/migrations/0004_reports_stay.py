"""What Django's models can't say: a monthly report that was handed in stays as it is, with its figures, but for being replaced by a correction."""

from django.db import migrations

HANDED_IN = "EXISTS (SELECT 1 FROM facilities_monthlyreport r WHERE r.id = {row}.report_id AND r.state <> 'draft')"
REPLACED = """
    OLD.state = 'submitted' AND NEW.state = 'corrected' AND NEW.facility_id = OLD.facility_id AND NEW.month = OLD.month
    AND NEW.revision = OLD.revision AND NEW.submitted_at = OLD.submitted_at AND NEW.submitted_by_id = OLD.submitted_by_id
"""


def _statements(vendor):
    if vendor == "postgresql":
        yield f"""
        CREATE FUNCTION facilities_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state = 'draft' THEN
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'UPDATE' THEN
                IF {REPLACED} THEN RETURN NEW; END IF;
            END IF;
            RAISE EXCEPTION 'a report that was handed in stays';
        END $$
        """
        yield """
        CREATE TRIGGER facilities_report_stays BEFORE UPDATE OR DELETE ON facilities_monthlyreport
        FOR EACH ROW EXECUTE FUNCTION facilities_report_stays()
        """
        yield f"""
        CREATE FUNCTION facilities_figure_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                IF {HANDED_IN.format(row="OLD")} THEN RAISE EXCEPTION 'a report that was handed in stays'; END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            IF {HANDED_IN.format(row="NEW")} THEN RAISE EXCEPTION 'a report that was handed in stays'; END IF;
            RETURN NEW;
        END $$
        """
        yield """
        CREATE TRIGGER facilities_figure_stays BEFORE INSERT OR UPDATE OR DELETE ON facilities_reportvalue
        FOR EACH ROW EXECUTE FUNCTION facilities_figure_stays()
        """
    else:
        refuse = "BEGIN SELECT RAISE(ABORT, 'a report that was handed in stays'); END"
        yield f"""
        CREATE TRIGGER facilities_report_stays_update BEFORE UPDATE ON facilities_monthlyreport
        WHEN OLD.state <> 'draft' AND NOT ({REPLACED}) {refuse}
        """
        yield f"""
        CREATE TRIGGER facilities_report_stays_delete BEFORE DELETE ON facilities_monthlyreport
        WHEN OLD.state <> 'draft' {refuse}
        """
        for event, row in (("insert", "NEW"), ("update", "OLD"), ("delete", "OLD")):
            yield f"""
            CREATE TRIGGER facilities_figure_stays_{event} BEFORE {event.upper()} ON facilities_reportvalue
            WHEN {HANDED_IN.format(row=row)} {refuse}
            """


def _back(vendor):
    if vendor == "postgresql":
        yield "DROP TRIGGER facilities_report_stays ON facilities_monthlyreport"
        yield "DROP TRIGGER facilities_figure_stays ON facilities_reportvalue"
        yield "DROP FUNCTION facilities_report_stays()"
        yield "DROP FUNCTION facilities_figure_stays()"
    else:
        yield from (f"DROP TRIGGER facilities_report_stays_{event}" for event in ("update", "delete"))
        yield from (f"DROP TRIGGER facilities_figure_stays_{event}" for event in ("insert", "update", "delete"))


def _run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    return operation


class Migration(migrations.Migration):
    dependencies = [("facilities", "0003_upkeep_append_only")]

    operations = [migrations.RunPython(_run(_statements), _run(_back))]
