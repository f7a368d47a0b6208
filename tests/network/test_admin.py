"""The coordinators' desk: decisions, roles, notices."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection, models
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from network.admin_scoping import CountedSoFar, RegionScopedAdmin
from network.enums import MemberState, Role
from network.models import RoleGrant, Transition
from notifications.outbox import Message, MessageState
from tests.desk import at_the_desk
from tests.factories.network import (
    CodeOfConductFactory,
    PractitionerFactory,
    RegionFactory,
    UserFactory,
    accepted,
    auditor,
    coordinator,
)

pytestmark = pytest.mark.django_db


def at(language: str, name: str, *args: object) -> str:
    with translation.override(language):
        return reverse(f"admin:{name}", args=args)


@pytest.fixture
def applicant():
    person = PractitionerFactory(side="west", state=MemberState.APPLIED, name_ar="مبروكة الفيتوري", name_latin="")
    accepted(person, CodeOfConductFactory())
    return person


@pytest.mark.parametrize("language", ["ar", "en"])
def test_desk_shows_who_waits_on_my_side_only(language, applicant):
    PractitionerFactory(side="east", state=MemberState.APPLIED, name_ar="خديجة العبيدي")
    page = at_the_desk(coordinator("west")).get(at(language, "index")).text
    assert "مبروكة الفيتوري" in page
    assert "خديجة العبيدي" not in page


def test_verifying_makes_active_tells_and_leaves_no_name_in_the_log(applicant):
    client = at_the_desk(coordinator("west"))
    answer = client.post(at("ar", "network_practitioner_verify", applicant.pk), follow=True)
    applicant.refresh_from_db()
    assert applicant.state == MemberState.ACTIVE
    assert "اعتُمدت العضوية" in answer.text
    assert list(Message.objects.values_list("kind", "recipient_id")) == [("membership-verified", applicant.user_id)]
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (f"#{applicant.pk}", "network_practitioner_verify")


def test_declining_needs_a_reason_which_the_person_reads(applicant):
    client = at_the_desk(coordinator("west"))
    answer = client.post(at("en", "network_practitioner_decline", applicant.pk), {"reason": "  "}, follow=True)
    applicant.refresh_from_db()
    assert applicant.state == MemberState.APPLIED
    assert "Please give the reason" in answer.text
    client.post(at("en", "network_practitioner_decline", applicant.pk), {"reason": "No licence number"})
    applicant.refresh_from_db()
    assert applicant.state == MemberState.DECLINED
    assert Message.objects.get().context == {"reason": "No licence number"}


def test_two_tabs_decide_once(applicant):
    client = at_the_desk(coordinator("west"))
    client.post(at("ar", "network_practitioner_verify", applicant.pk))
    answer = client.post(at("ar", "network_practitioner_decline", applicant.pk), {"reason": "متأخر"}, follow=True)
    applicant.refresh_from_db()
    assert applicant.state == MemberState.ACTIVE
    assert "لم يعد هذا ممكنًا" in answer.text


def test_duplicates_are_shown_by_folded_name_within_the_side(applicant):
    same = PractitionerFactory(side="west", name_ar="مبروكه الفيتورى")
    elsewhere = PractitionerFactory(side="east", name_ar="مبروكة الفيتوري")
    page = at_the_desk(coordinator("west")).get(at("ar", "network_practitioner_change", applicant.pk))
    assert page.context["duplicates"] == [same]
    assert f"/{elsewhere.pk}/change/" not in page.text


def test_licence_number_is_for_the_verifier_alone(applicant):
    applicant.licence_number = "LIC-SECRET-77"
    applicant.save()
    seen = {
        name: "LIC-SECRET-77" in at_the_desk(user).get(at("en", "network_practitioner_change", applicant.pk)).text
        for name, user in {"own": coordinator("west"), "national": coordinator(None), "auditor": auditor()}.items()
    }
    assert seen == {"own": True, "national": False, "auditor": False}


@pytest.mark.parametrize("query", ["مبروكه", "Mabrouka", "الفيتورى مبروكة"])
def test_search_finds_any_spelling(applicant, query):
    applicant.search = "مبروكه الفيتوري ~mbrk ~ftr"
    applicant.save()
    client = at_the_desk(coordinator("west"))
    page = client.get(at("ar", "network_practitioner_changelist"), {"q": query})
    assert "مبروكة الفيتوري" in page.text


def test_auditor_reads_and_changes_nothing(applicant):
    client = at_the_desk(auditor())
    page = client.get(at("en", "network_practitioner_change", applicant.pk))
    assert page.status_code == 200
    assert page.context["decisions"] == []
    assert client.post(at("en", "network_practitioner_verify", applicant.pk)).status_code == 404
    applicant.refresh_from_db()
    assert applicant.state == MemberState.APPLIED


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_long_list_is_counted_so_far_and_no_farther(language, monkeypatch):
    monkeypatch.setattr(CountedSoFar, "at_most", 3)
    monkeypatch.setattr("network.admin.members.PractitionerAdmin.list_per_page", 2)
    client = at_the_desk(coordinator("west"))
    address = at(language, "network_practitioner_changelist")
    PractitionerFactory.create_batch(3, side="west")
    with CaptureQueriesContext(connection) as queries:
        whole = client.get(address)
        # The question ends where the answer is known.
        (counted,) = [row["sql"] for row in queries if "COUNT(" in row["sql"] and "LIMIT 4" in row["sql"]]
    assert "network_practitioner" in counted
    assert (whole.context["cl"].result_count, whole.context["cl"].paginator.cut_off) == (3, False)
    assert len(client.get(address, {"p": 2}).context["cl"].result_list) == 1
    PractitionerFactory.create_batch(3, side="west")
    more = client.get(address)
    assert (more.context["cl"].result_count, more.context["cl"].paginator.cut_off) == (3, True)
    said = "more than 3" if language == "en" else "أكثر من 3"
    assert said in more.text
    assert said not in whole.text
    assert len(client.get(address, {"p": 2}).context["cl"].result_list) == 1


def test_national_coordinator_grants_a_role_by_address_and_ends_it():
    user, west = UserFactory(email="new@example.org"), RegionFactory(code="west")
    client = at_the_desk(coordinator(None))
    form = {"email": "New@example.org", "role": Role.REGIONAL_COORDINATOR, "region": west.pk}
    form |= {"starts_on": timezone.localdate().isoformat(), "ends_on": ""}
    answer = client.post(at("en", "network_rolegrant_add"), form)
    assert answer.status_code == 302
    grant = RoleGrant.objects.get(user=user)
    assert (grant.role, grant.region, grant.granted_by.email) != ("", None, user.email)
    assert "End this role now" in client.get(at("en", "network_rolegrant_change", grant.pk)).text
    client.post(at("en", "network_rolegrant_end", grant.pk))
    grant.refresh_from_db()
    assert grant.ended_at is not None
    assert [step.move for step in Transition.objects.of(grant).order_by("pk")] == ["grant", "end"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": "nobody@example.org"}, "There is no account with this e-mail address"),
        ({"role": Role.AUDITOR}, "A regional coordinator needs a side; the other roles have none."),
        ({"region": ""}, "A regional coordinator needs a side; the other roles have none."),
        ({"ends_on": "2001-01-01"}, "The last day must not be before the first."),
    ],
)
def test_a_wrong_grant_is_refused_and_keeps_what_was_typed(change, sentence):
    UserFactory(email="new@example.org")
    form = {
        "email": "new@example.org",
        "role": Role.REGIONAL_COORDINATOR,
        "region": RegionFactory(code="west").pk,
        "starts_on": "2026-01-01",
        "ends_on": "",
    } | change
    before = RoleGrant.objects.count()
    page = at_the_desk(coordinator(None)).post(at("en", "network_rolegrant_add"), form)
    assert page.status_code == 200
    assert sentence in page.text
    assert f'value="{form["email"]}"' in page.text
    assert RoleGrant.objects.count() == before + 1


def test_a_regional_coordinator_grants_nothing():
    client = at_the_desk(coordinator("west"))
    assert client.get(at("ar", "network_rolegrant_add")).status_code == 404
    assert client.get(at("ar", "network_rolegrant_changelist")).status_code == 404


def test_a_notice_that_gave_up_is_on_the_desk_and_is_sent_again(applicant):
    now = timezone.now()
    message = Message.objects.create(
        kind="membership-verified",
        recipient_id=applicant.user_id,
        channel="email",
        language="ar",
        dedup_key="x",
        state=MessageState.GAVE_UP,
        created_at=now,
        due_at=now,
        attempts=48,
        last_error="SMTPServerDisconnected",
    )
    client = at_the_desk(coordinator("west"))
    assert f"{message.pk} · membership verified" in client.get(at("en", "index")).text
    client.post(at("en", "notifications_message_resend", message.pk))
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.DUE, 0)
    assert Transition.objects.of(message).get().move == "resend"
    other = at_the_desk(coordinator("east"))
    assert other.post(at("en", "notifications_message_resend", message.pk)).status_code == 404


def test_history_names_people_in_reach_and_numbers_the_others(applicant):
    west = coordinator("west")
    at_the_desk(west).post(at("ar", "network_practitioner_verify", applicant.pk))
    page = at_the_desk(coordinator(None)).get(at("en", "network_practitioner_history", applicant.pk)).text
    assert f"account {west.pk}" in page
    assert west.email not in page


def test_number_of_queries_of_the_list_does_not_grow(django_assert_num_queries):
    client = at_the_desk(coordinator("west"))
    # What is kept for the life of the process is asked for once.
    client.get(at("en", "network_practitioner_changelist"))
    for people in (1, 3):
        PractitionerFactory.create_batch(people - (people > 1), side="west", state=MemberState.APPLIED)
        with django_assert_num_queries(LIST_QUERIES):
            client.get(at("en", "network_practitioner_changelist"))


# With the two statements of the savepoint that the view opens within a test.
LIST_QUERIES = 11


@pytest.mark.parametrize("digits", ["2026-11-22 20:05", "٢٠٢٦-١١-٢٢ ٢٠:٠٥", "۲۰۲۶-۱۱-۲۲ ۲۰:۰۵"])
def test_the_desk_takes_days_and_times_in_the_digits_of_any_keyboard(digits: str) -> None:
    day, time = digits.split()
    asked = RequestFactory().get("/")
    taken = set()
    for model_admin in admin.site._registry.values():
        if not isinstance(model_admin, RegionScopedAdmin):
            continue
        for column in model_admin.opts.get_fields():
            if isinstance(column, models.DateTimeField) and column.editable:
                moment = model_admin.formfield_for_dbfield(column, asked).clean([day, time])
                taken.add(timezone.localtime(moment).isoformat()[:16])
            elif isinstance(column, models.DateField) and column.editable:
                taken.add(model_admin.formfield_for_dbfield(column, asked).clean(day).isoformat())
    assert taken == {"2026-11-22T20:05", "2026-11-22"}
