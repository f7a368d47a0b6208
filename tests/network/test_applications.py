"""Applying, the code of conduct, one's own profile, leaving."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from network import selectors, services
from network.enums import MemberMove, MemberState, Visibility
from network.models import CodeOfConduct, ConductAcceptance, Practitioner, Transition, User
from notifications.outbox import Message
from tests.factories.network import (
    CodeOfConductFactory,
    MunicipalityFactory,
    PractitionerFactory,
    ProfessionFactory,
    RegionFactory,
    RoleGrantFactory,
    UserFactory,
    accepted,
    coordinator,
)
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


def steps_of(practitioner: Practitioner) -> list[tuple[str, str, str, int | None, str]]:
    return [(s.move, s.from_state, s.to_state, s.by_id, s.reason) for s in selectors.steps(practitioner)]


# --- applying -----------------------------------------------------------------------------------------------------------


def profile(**fields: Any) -> dict[str, Any]:
    place = fields["municipality"] if "municipality" in fields else MunicipalityFactory()
    usual = {
        "name_ar": "سالم المبروك",
        "name_latin": "Salem Almabrouk",
        "profession": ProfessionFactory(),
        "specialty": None,
        "municipality": place,
        "abroad_in": "",
        "workplace": "Tripoli Medical Centre",
        "licence_number": "LY-1",
        "languages": ["ar"],
        "visibility": Visibility.SIDE,
    }
    return usual | fields


def apply(user: User, conduct: CodeOfConduct, **fields: Any) -> Practitioner:
    return services.apply_for_membership(
        user=user,
        profile=profile(**fields),
        conduct=conduct,
        language="ar",
        text_sha256=conduct.sha256_in("ar"),
    )


def test_apply() -> None:
    user, conduct, verifier = UserFactory(), CodeOfConductFactory(), coordinator("west")
    coordinator("east")
    coordinator(None)

    person = apply(user, conduct)

    person.refresh_from_db()
    assert (person.state, person.region.code, person.folded_latin) == (MemberState.APPLIED, "west", "salem almabrouk")
    assert steps_of(person) == [(MemberMove.APPLY, "", MemberState.APPLIED, user.pk, "")]
    assert list(person.acceptances.values_list("conduct", "language", "text_sha256")) == [
        (conduct.pk, "ar", conduct.sha256_in("ar"))
    ]
    assert list(Message.objects.values_list("kind", "recipient_id")) == [("membership-applied", verifier.pk)]


def test_applications_from_abroad_go_to_the_national_coordinators() -> None:
    national, conduct = coordinator(None), CodeOfConductFactory()
    coordinator("west")

    person = apply(UserFactory(), conduct, municipality=None, abroad_in="Malta")

    assert person.region is None
    assert list(Message.objects.values_list("recipient_id", flat=True)) == [national.pk]


def test_verifiers_hear_of_many_applications_once_a_day() -> None:
    coordinator("west")
    conduct = CodeOfConductFactory()

    for _ in range(3):
        apply(UserFactory(), conduct)

    assert Message.objects.count() == 1


def test_whoever_was_declined_applies_again() -> None:
    person, conduct = PractitionerFactory(state=MemberState.DECLINED), CodeOfConductFactory()

    again = apply(person.user, conduct, workplace="Misrata Medical Centre")

    assert (again.pk, again.state, again.workplace) == (person.pk, MemberState.APPLIED, "Misrata Medical Centre")
    assert [step[0] for step in steps_of(again)] == [MemberMove.REAPPLY]


@pytest.mark.parametrize("state", sorted(set(MemberState) - {MemberState.DECLINED}))
def test_nobody_applies_twice(state: MemberState) -> None:
    person, conduct, place = PractitionerFactory(state=state), CodeOfConductFactory(), MunicipalityFactory()
    before = everything()

    with pytest.raises(services.IllegalMove):
        apply(person.user, conduct, municipality=place)

    assert everything() == before


@pytest.mark.parametrize(
    "fields",
    [
        {"name_ar": "", "name_latin": ""},
        {"name_ar": "Salem"},
        {"name_latin": "سالم"},
        {"name_latin": "Sa\u202elem"},
        {"workplace": "two\nlines"},
        {"abroad_in": "Malta"},
        {"name_latin": "a" * 121},
        {"visibility": "everybody"},
    ],
)
def test_a_profile_that_breaks_a_rule_is_refused(fields: dict[str, Any]) -> None:
    conduct = CodeOfConductFactory()

    with pytest.raises(ValidationError):
        apply(UserFactory(), conduct, **fields)

    assert (Practitioner.objects.count(), Transition.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_name_of_ligatures_is_kept() -> None:
    assert apply(UserFactory(), CodeOfConductFactory(), name_ar="ﷺ" * 120).folded_ar.startswith("صلي")


def test_a_text_that_was_not_read_is_not_accepted() -> None:
    old = CodeOfConductFactory(in_force_from="2020-01-01")
    CodeOfConductFactory(in_force_from="2021-01-01", text_ar="نص جديد.")

    with pytest.raises(services.TextHasChanged):
        apply(UserFactory(), old)

    assert Practitioner.objects.count() == 0


@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_an_application_whose_last_write_fails_leaves_nothing(
    breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    user, conduct = UserFactory(), CodeOfConductFactory()
    coordinator("west")
    breaks(monkeypatch)

    with pytest.raises(Broken):
        apply(user, conduct)

    assert (Practitioner.objects.count(), Transition.objects.count(), ConductAcceptance.objects.count()) == (0, 0, 0)


# --- the code of conduct ------------------------------------------------------------------------------------------------


def accept(person: Practitioner, conduct: CodeOfConduct) -> Practitioner:
    return services.accept_conduct(
        user=person.user, conduct=conduct, language="en", text_sha256=conduct.sha256_in("en")
    )


def test_verified_before_accepting_is_active_after() -> None:
    conduct = CodeOfConductFactory()
    person, by = PractitionerFactory(state=MemberState.APPLIED), coordinator("west")

    assert services.verify(practitioner=person, by=by).state == MemberState.VERIFIED
    assert accept(person, conduct).state == MemberState.ACTIVE
    assert [(move, who) for move, _, _, who, _ in steps_of(person)] == [
        (MemberMove.VERIFY, by.pk),
        (MemberMove.ACTIVATE, person.user_id),
    ]


def test_accepted_before_verifying_is_active_at_once() -> None:
    person = PractitionerFactory(state=MemberState.APPLIED)
    accepted(person, CodeOfConductFactory())

    assert services.verify(practitioner=person, by=coordinator("west")).state == MemberState.ACTIVE


def test_accepting_twice_is_accepting_once() -> None:
    conduct, person = CodeOfConductFactory(), PractitionerFactory(state=MemberState.VERIFIED)
    accept(person, conduct)
    before = everything()

    accept(person, conduct)

    assert everything() == before


@pytest.mark.parametrize("state", [MemberState.APPLIED, MemberState.SUSPENDED, MemberState.DECLINED])
def test_accepting_alone_makes_nobody_active(state: MemberState) -> None:
    assert accept(PractitionerFactory(state=state), CodeOfConductFactory()).state == state


def test_whoever_has_left_or_never_applied_accepts_nothing() -> None:
    conduct = CodeOfConductFactory()

    for user in (UserFactory(), PractitionerFactory(state=MemberState.LEFT).user):
        with pytest.raises(services.NotAMember):
            services.accept_conduct(user=user, conduct=conduct, language="ar", text_sha256=conduct.sha256_in("ar"))


# --- one's own profile ----------------------------------------------------------------------------------------------------


def test_an_edit_is_recorded_by_the_names_of_its_fields() -> None:
    person = PractitionerFactory(licence_number="LIC-SECRET")

    services.edit_profile(user=person.user, profile={"workplace": "Misrata", "licence_number": "LIC-OTHER"})

    step = selectors.steps(person).get()
    assert (step.move, step.changes) == ("edit", {"fields": ["workplace", "licence_number"]})


def test_an_edit_of_nothing_is_not_recorded() -> None:
    person = PractitionerFactory()

    services.edit_profile(user=person.user, profile={"workplace": person.workplace})

    assert steps_of(person) == []


@pytest.mark.parametrize("state", [MemberState.VERIFIED, MemberState.ACTIVE])
@pytest.mark.parametrize("to", ["east", None])
def test_moving_to_another_side_is_verified_again(state: MemberState, to: str | None) -> None:
    person = PractitionerFactory(state=state)
    epoch, new_verifier = person.user.session_epoch, coordinator(to)
    place = MunicipalityFactory(district__region=RegionFactory(code=to)) if to else None

    services.edit_profile(user=person.user, profile={"municipality": place, "abroad_in": "" if to else "Malta"})

    person.refresh_from_db()
    person.user.refresh_from_db()
    assert (person.state, person.verified_at, person.user.session_epoch) == (MemberState.APPLIED, None, epoch + 1)
    assert (person.region and person.region.code) == to
    assert [step[0] for step in steps_of(person)] == ["edit", MemberMove.CHANGE_SIDE]
    assert list(Message.objects.values_list("kind", "recipient_id")) == [("membership-applied", new_verifier.pk)]


@pytest.mark.parametrize("state", [MemberState.APPLIED, MemberState.SUSPENDED, MemberState.DECLINED])
def test_moving_changes_no_other_state(state: MemberState) -> None:
    person = PractitionerFactory(state=state)

    services.edit_profile(
        user=person.user, profile={"municipality": MunicipalityFactory(district__region__code="east")}
    )

    person.refresh_from_db()
    assert (person.state, person.region.code) == (state, "east")


def test_a_move_whose_last_write_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    person = PractitionerFactory()
    coordinator("east")
    place = MunicipalityFactory(district__region__code="east")
    before = everything()
    break_the_outbox(monkeypatch)

    with pytest.raises(Broken):
        services.edit_profile(user=person.user, profile={"municipality": place})

    assert everything() == before


# --- leaving --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(set(MemberState) - {MemberState.LEFT}))
def test_leave(state: MemberState) -> None:
    person = PractitionerFactory(state=state)
    grant = RoleGrantFactory(user=person.user)

    left = services.leave(user=person.user)

    person.user.refresh_from_db()
    grant.refresh_from_db()
    assert (left.state, person.user.is_active, person.user.session_epoch) == (MemberState.LEFT, False, 1)
    assert left.left_at is not None
    assert grant.ended_at is not None
    assert steps_of(person) == [(MemberMove.LEAVE, state, MemberState.LEFT, person.user_id, "")]
    assert list(selectors.address_book([person.user_id])) == []


def test_nobody_leaves_twice() -> None:
    person = PractitionerFactory()
    services.leave(user=person.user)
    before = everything()

    with pytest.raises(services.IllegalMove):
        services.leave(user=person.user)

    assert everything() == before


def test_a_leave_whose_last_write_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    person = PractitionerFactory()
    before = everything()
    break_the_journal(monkeypatch)

    with pytest.raises(Broken):
        services.leave(user=person.user)

    assert everything() == before
