"""What every model, admin page and address keeps to: walked from the registries, so that whoever comes later is asked too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from modeltranslation.translator import translator

from campaigns.enums import (
    AWARD_MOVES,
    CAMPAIGN_MOVES,
    COMPLAINT_MOVES,
    DECISION_MOVES,
    ENTRY_MOVES,
    PAIR_MOVES,
    PHOTO_MOVES,
    ROUND_MOVES,
)
from campaigns.media_enums import MEDIA_MOVES
from campaigns.models import (
    Appearance,
    Award,
    Campaign,
    Complaint,
    Decision,
    DuplicatePair,
    Entry,
    Photo,
    Round,
)
from dialogues.enums import (
    BROADCAST_MOVES,
    CASE_MOVES,
    CERTIFICATE_MOVES,
    MINUTES_MOVES,
    REGISTRATION_MOVES,
    SESSION_MOVES,
)
from dialogues.models import Broadcast, CaseStudy, Certificate, Minutes, Registration, Session
from facilities.enums import FACILITY_MOVES, REPORT_MOVES
from facilities.lists.enums import IMPORT_MOVES
from facilities.models import Assessment, ChangeRequest, Facility, FacilityImport, MonthlyReport
from facilities.upkeep_enums import ASSESSMENT_MOVES, REQUEST_MOVES
from measures.enums import ACTION_MOVES, MEASURE_MOVES
from measures.models import Action, Author, Measure
from needs.enums import ASSET_MOVES, DELIVERY_MOVES, NEED_MOVES, PLEDGE_MOVES, PROPOSAL_MOVES
from needs.models import Asset, Delivery, Need, Pledge, Proposal
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline
from network.enums import JOB_MOVES, MEMBER_MOVES, Move
from network.models import Job, Practitioner, Transition
from network.querysets import ReferenceQuerySet
from notifications.models import Message
from tests.security.urls_walked import walk

LAYERS = (
    "notifications",
    "network",
    "facilities",
    "needs",
    "outreach",
    "dialogues",
    "campaigns",
    "measures",
    "impact",
    "config",
)
MODELS = [model for label in LAYERS for model in apps.get_app_config(label).get_models(include_auto_created=False)]
TABLES: dict[type[models.Model], dict[Any, Move]] = {
    Practitioner: MEMBER_MOVES,
    Session: SESSION_MOVES,
    Registration: REGISTRATION_MOVES,
    Broadcast: BROADCAST_MOVES,
    Minutes: MINUTES_MOVES,
    CaseStudy: CASE_MOVES,
    Certificate: CERTIFICATE_MOVES,
    Measure: MEASURE_MOVES,
    Action: ACTION_MOVES,
    Campaign: CAMPAIGN_MOVES,
    Entry: ENTRY_MOVES,
    Round: ROUND_MOVES,
    Photo: PHOTO_MOVES,
    DuplicatePair: PAIR_MOVES,
    Decision: DECISION_MOVES,
    Award: AWARD_MOVES,
    Complaint: COMPLAINT_MOVES,
    Appearance: MEDIA_MOVES,
    Job: JOB_MOVES,
    Facility: FACILITY_MOVES,
    FacilityImport: IMPORT_MOVES,
    MonthlyReport: REPORT_MOVES,
    ChangeRequest: REQUEST_MOVES,
    Assessment: ASSESSMENT_MOVES,
    Need: NEED_MOVES,
    Pledge: PLEDGE_MOVES,
    Delivery: DELIVERY_MOVES,
    Proposal: PROPOSAL_MOVES,
    Asset: ASSET_MOVES,
}
# Models of which a form makes rows: every page of the admin with a form, its inlines, and a member's own profile.
TYPED = {
    Practitioner,
    *admin.site._registry,
    *(i.model for page in admin.site._registry.values() for i in page.inlines),
}
TYPED -= {Message, Transition}
# A walk-in of a member begins as present.
BORN_AS = {
    Registration: {"", "attended"},
    Practitioner: {""},
    Session: {"draft"},
    Broadcast: {"draft"},
    Minutes: {"draft"},
    CaseStudy: {"draft"},
    Certificate: {""},
    Measure: {""},
    Action: {""},
    Campaign: {"draft"},
    Entry: {""},
    Round: {"draft"},
    Photo: {""},
    DuplicatePair: {""},
    Decision: {""},
    Award: {""},
    Complaint: {""},
    Appearance: {""},
    Job: {""},
    Facility: {""},
    FacilityImport: {""},
    MonthlyReport: {""},
    ChangeRequest: {""},
    Assessment: {""},
    Need: {""},
    Pledge: {""},
    Delivery: {""},
    Proposal: {""},
    Asset: {""},
}
# What answers 200 to somebody who is not signed in; everything else sends to the login or says that there is no such page.
PUBLIC = {
    "healthz", "readyz", "home", "network:join", "network:goodbye", "network:conduct", "dialogues:session_list",
    "dialogues:session_detail", "dialogues:session_calendar", "dialogues:public_calendar", "held",
    "certificates:form", "certificates:verify",
    "cases:list", "cases:detail",
    "campaigns:list", "campaigns:detail", "campaigns:enter", "entries:lookup", "entries:mine",
    "measures:list", "measures:accountability", "measures:feed", "measures:detail", "measures:print", "measures:pdf",
    "facilities:list", "facilities:detail",
    "facilities:report_picture", "local_regions:list", "outreach:overview", "outreach:coverage",
    "needs:list", "needs:districts", "pledges:lookup", "pledges:mine", "handovers:hand_over",
    "media:list", "media:feed", "media:detail",
    "map:country", "map:district", "data:index", "open:package", "fhir:metadata",
    "account_login", "account_signup", "account_reset_password",
    "short:invitation_code", "account_inactive", "account_email_verification_sent", "account_password_reset_completed",
}  # fmt: skip
FILTERABLE = (models.DateField, models.BooleanField)


def by_name(model: type[models.Model]) -> str:
    return model._meta.label


def names_in(condition: Any) -> set[str]:
    """Return the fields that a condition or expression speaks of."""
    if isinstance(condition, models.Q):
        return {name for child in condition.children for name in names_in(child)}
    if isinstance(condition, tuple):
        return {condition[0].split("__")[0]} | names_in(condition[1])
    if isinstance(condition, models.F):
        return {condition.name.split("__")[0]}
    return set()


def fields_of(constraint: Any) -> set[str]:
    if isinstance(constraint, models.CheckConstraint):
        return names_in(constraint.condition)
    expressions = {
        part.name for e in constraint.expressions for part in e.get_source_expressions() if hasattr(part, "name")
    }
    return {*constraint.fields, *expressions}


@pytest.mark.parametrize("model", MODELS, ids=by_name)
def test_a_constraint_that_a_form_can_hit_says_so_in_the_reader_s_language(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints if model in TYPED else ():
        if any(model._meta.get_field(name).editable for name in fields_of(constraint)):
            assert isinstance(constraint.violation_error_message, Promise), constraint.name
            assert constraint.violation_error_message is not constraint.default_violation_error_message, constraint.name


@pytest.mark.parametrize("model", MODELS, ids=by_name)
def test_no_model_orders_its_rows_by_default(model: type[models.Model]) -> None:
    assert not model._meta.ordering


@pytest.mark.parametrize("model", MODELS, ids=by_name)
def test_references_point_to_the_same_layer_or_below(model: type[models.Model]) -> None:
    for column in model._meta.get_fields():
        target = column.related_model._meta.app_label if column.is_relation and not column.auto_created else ""
        if target in LAYERS:
            assert LAYERS.index(target) <= LAYERS.index(model._meta.app_label), column.name


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)


@pytest.mark.parametrize("label", LAYERS)
def test_imports_point_to_the_same_layer_or_below(label: str) -> None:
    above = set(LAYERS[LAYERS.index(label) + 1 :])
    files = list((settings.BASE_DIR / label).rglob("*.py"))

    assert files
    assert {(path.name, name) for path in files for name in imported(path) if name in above} == set()


@pytest.mark.parametrize("page", admin.site._registry.values(), ids=lambda page: type(page).__name__)
def test_every_admin_page_asks_the_scope(page: admin.ModelAdmin) -> None:
    assert isinstance(page, RegionScopedAdmin)
    assert all(issubclass(inline, RegionScopedInline) for inline in page.inlines)
    assert not page.view_on_site
    assert not page.raw_id_fields
    assert hasattr(page.model._default_manager, "visible_to") or "get_queryset" in vars(type(page))


def test_pages_that_other_packages_bring_stay_out() -> None:
    @admin.register(Registration)
    class Unscoped(admin.ModelAdmin):
        pass

    assert Registration not in admin.site._registry
    assert {model._meta.app_label for model in admin.site._registry} <= set(LAYERS)


@pytest.mark.parametrize("page", admin.site._registry.values(), ids=lambda page: type(page).__name__)
def test_lists_filter_only_by_choices_dates_booleans_and_reference_data(page: admin.ModelAdmin) -> None:
    for listed in page.list_filter:
        name = listed[0] if isinstance(listed, tuple) else listed
        if isinstance(name, type):
            # A question of its own, which is answered within the scope.
            assert issubclass(name, admin.SimpleListFilter)
            continue
        model: Any = page.model
        for step in str(name).split("__"):
            column = model._meta.get_field(step)
            model = column.related_model
        if column.is_relation:
            assert isinstance(column.related_model._default_manager.none(), ReferenceQuerySet), name
        else:
            assert column.choices or isinstance(column, FILTERABLE) or name in ("kind", "move", "subject_type"), name


@pytest.mark.parametrize("model", MODELS, ids=by_name)
def test_when_and_who_are_bound_to_each_other(model: type[models.Model]) -> None:
    names = {column.name for column in model._meta.concrete_fields}
    for who in sorted(name for name in names if name.endswith("_by")):
        when = f"{who.removesuffix('_by')}_at"
        assert when in names, who
        if model._meta.get_field(when).null:
            checked = [
                fields_of(constraint)
                for constraint in model._meta.constraints
                if isinstance(constraint, models.CheckConstraint)
            ]
            assert {who, when} in checked, who


def test_every_state_has_a_table_of_moves() -> None:
    with_state = {model for model in MODELS if "state" in {column.name for column in model._meta.concrete_fields}}

    # The relay sets the state of a notice; nobody moves it. Who begins or stops writing a measure stands in the measure's own journal.
    assert with_state == {*TABLES, Message, Author}


@pytest.mark.parametrize("model", TABLES, ids=by_name)
def test_every_state_can_be_reached(model: type[models.Model]) -> None:
    reached = set(BORN_AS[model])
    for _ in TABLES[model]:
        reached |= {move.target for move in TABLES[model].values() if move.sources & reached}

    assert reached - {""} == {value for value, _ in model._meta.get_field("state").choices}
    assert not model._meta.get_field("state").editable


@pytest.mark.parametrize("model", translator.get_registered_models(abstract=False), ids=by_name)
def test_translated_fields_have_a_column_in_every_language(model: type[models.Model]) -> None:
    names = {column.name for column in model._meta.concrete_fields}
    translated = set(translator.get_options_for_model(model).fields)

    assert translated
    assert {f"{field}_{code}" for field in translated for code, _ in settings.LANGUAGES} <= names


TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_templates_leave_escaping_on_and_languages_to_the_fallback(path: Path) -> None:
    text = path.read_text()

    # The help of a field is ours, as Django's own templates take it.
    assert not re.search(r"(?<!help_text)\|\s*safe\b|safeseq|autoescape\s+off", text)
    assert not re.search(r"\.(title|summary|agenda|address|text)_(ar|en)\b", text)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=", text)


def test_nothing_marks_text_as_safe() -> None:
    found = {
        str(path.relative_to(settings.BASE_DIR))
        for label in LAYERS
        for path in (settings.BASE_DIR / label).rglob("*.py")
        if re.search(r"mark_safe\(|SafeString\([^\"')]|SafeText\(|\|safe", path.read_text())
    }

    assert found == set()


# Who is let in is asked before any database is.
@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("address", list(walk()), ids=lambda address: address.route)
def test_an_address_is_closed_unless_it_is_on_the_list_of_the_public_ones(client: Client, address: Any) -> None:
    values = {
        "object_id": "1",
        "app_label": "network",
        "url": "x",
        "slug": "nothing",
        "token": "7-x",
        "number": 1,
        "material": 1,
        "first": 1,
        "second": 1,
        "comment": 1,
        "evidence": 1,
        "code": "nothing",
        "action": 1,
        "turn": 1,
        "place": 1,
        "desk": 1,
        "pk": 1,
        "size": "320.jpg",
        "field": "head",
        "item": 1,
        "month": "2020-01",
        "need": "nothing",
        "facility": "nothing",
        "delivery": 1,
        "pledge": 1,
        "step": "break",
    }
    if not address.name:
        return
    url = reverse(address.name, args=[values[name] for name in address.parameters])
    response = client.get(url)
    posted = client.post(url)

    assert response.status_code < 500
    assert posted.status_code < 500
    if address.name not in PUBLIC:
        assert response.status_code in (302, 404, 405)
        assert posted.status_code in (302, 404, 405)


def columns() -> Iterator[tuple[Any, Any, Any]]:
    """Yield what the desk shows of each model, its inlines too: the model, its admin, and the name of a column or field."""
    for model, desk in admin.site._registry.items():
        for shows, of in [(desk, model), *((inline(model, admin.site), inline.model) for inline in desk.inlines)]:
            for name in {*shows.list_display, *shows.readonly_fields} if shows is desk else {*shows.readonly_fields}:
                if name not in ("__str__", "action_checkbox"):
                    yield of, shows, name


def test_every_column_at_the_desk_has_an_arabic_name() -> None:
    with translation.override("ar"):
        latin = [
            f"{of.__name__}.{name}" for of, shows, name in columns() if str(label_for_field(name, of, shows)).isascii()
        ]
    assert latin == []
