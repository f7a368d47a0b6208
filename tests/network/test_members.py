"""Membership: each move legal, illegal, by the wrong person, twice, and broken off at its last write."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from network import selectors, services
from network.enums import MemberMove, MemberState
from network.models import Practitioner, User
from notifications.outbox import Message
from tests.factories.network import (
    PractitionerFactory,
    auditor,
    coordinator,
)
from tests.state import Broken, break_the_journal, break_the_outbox, everything

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Decision:
    """What a coordinator decides about a person."""

    act: Callable[..., Practitioner]
    source: MemberState
    target: MemberState
    moves: list[MemberMove]
    notice: str
    extra: dict[str, Any] = field(default_factory=dict)
    ends_sessions: bool = False


DECISIONS = {
    "verify": Decision(
        services.verify,
        MemberState.APPLIED,
        MemberState.ACTIVE,
        [MemberMove.VERIFY, MemberMove.ACTIVATE],
        "membership-verified",
    ),
    "decline": Decision(
        services.decline,
        MemberState.APPLIED,
        MemberState.DECLINED,
        [MemberMove.DECLINE],
        "membership-declined",
        {"reason": "The licence could not be found."},
    ),
    "suspend": Decision(
        services.suspend,
        MemberState.ACTIVE,
        MemberState.SUSPENDED,
        [MemberMove.SUSPEND],
        "membership-suspended",
        {"reason": "A complaint is being looked into."},
        ends_sessions=True,
    ),
    "reinstate": Decision(
        services.reinstate,
        MemberState.SUSPENDED,
        MemberState.ACTIVE,
        [MemberMove.REINSTATE],
        "membership-reinstated",
    ),
}
EACH = pytest.mark.parametrize("decision", DECISIONS.values(), ids=DECISIONS)


def member_and_actor(whom: str) -> tuple[str, User]:
    """Return the side of the person decided about, and somebody who may not decide."""
    ended = coordinator("west")
    ended.role_grants.update(starts_on="2020-01-01", ends_on="2020-12-31")
    return {
        "a coordinator of another side": ("west", coordinator("east")),
        "a national coordinator, for a side": ("west", coordinator(None)),
        "a regional coordinator, for abroad": (None, coordinator("west")),
        "an auditor": ("west", auditor()),
        "a member": ("west", PractitionerFactory().user),
        "a deactivated coordinator": ("west", coordinator("west", is_active=False)),
        "a coordinator of long ago": ("west", ended),
    }[whom]


def steps_of(practitioner: Practitioner) -> list[tuple[str, str, str, int | None, str]]:
    return [(s.move, s.from_state, s.to_state, s.by_id, s.reason) for s in selectors.steps(practitioner)]


@EACH
def test_decision(decision: Decision) -> None:
    person, by = PractitionerFactory(state=decision.source, user__language="en"), coordinator("west")
    epoch = person.user.session_epoch

    returned = decision.act(practitioner=person, by=by, **decision.extra)

    person.refresh_from_db()
    assert (returned.pk, returned.state, person.state) == (person.pk, decision.target, decision.target)
    steps = steps_of(person)
    assert [step[0] for step in steps] == decision.moves
    assert (steps[0][1], steps[-1][2]) == (decision.source, decision.target)
    assert {step[3] for step in steps} == {by.pk}
    assert steps[0][4] == decision.extra.get("reason", "")
    message = Message.objects.get()
    assert (message.kind, message.recipient_id, message.language, message.subject_ref) == (
        decision.notice,
        person.user_id,
        "en",
        f"network.practitioner:{person.pk}",
    )
    assert message.context == decision.extra
    person.user.refresh_from_db()
    assert person.user.session_epoch == epoch + decision.ends_sessions


@pytest.mark.parametrize(
    ("name", "state"), [(name, state) for name, d in DECISIONS.items() for state in MemberState if state != d.source]
)
def test_decision_from_another_state(name: str, state: MemberState) -> None:
    decision = DECISIONS[name]
    person, by = PractitionerFactory(state=state), coordinator("west")
    before = everything()

    with pytest.raises(services.IllegalMove):
        decision.act(practitioner=person, by=by, **decision.extra)

    assert everything() == before


@EACH
@pytest.mark.parametrize(
    "whom",
    [
        "a coordinator of another side",
        "a national coordinator, for a side",
        "a regional coordinator, for abroad",
        "an auditor",
        "a member",
        "a deactivated coordinator",
        "a coordinator of long ago",
    ],
)
def test_decision_by_the_wrong_person(decision: Decision, whom: str) -> None:
    side, by = member_and_actor(whom)
    person = PractitionerFactory(state=decision.source, side=side)
    before = everything()

    with pytest.raises(services.NotYourSide):
        decision.act(practitioner=person, by=by, **decision.extra)

    assert everything() == before


@EACH
def test_nobody_decides_about_themselves(decision: Decision) -> None:
    by = coordinator("west")
    person = PractitionerFactory(user=by, state=decision.source)
    before = everything()

    with pytest.raises(services.NotYourSide):
        decision.act(practitioner=person, by=by, **decision.extra)

    assert everything() == before


@EACH
def test_a_national_coordinator_decides_about_people_abroad(decision: Decision) -> None:
    person = PractitionerFactory(state=decision.source, side=None)

    assert decision.act(practitioner=person, by=coordinator(None), **decision.extra).state == decision.target


@EACH
def test_a_second_decision_is_refused(decision: Decision) -> None:
    person, by = PractitionerFactory(state=decision.source), coordinator("west")
    decision.act(practitioner=person, by=by, **decision.extra)
    before = everything()

    with pytest.raises(services.IllegalMove):
        decision.act(practitioner=person, by=by, **decision.extra)

    assert everything() == before


@EACH
@pytest.mark.parametrize("breaks", [break_the_outbox, break_the_journal])
def test_a_decision_whose_last_write_fails_changes_nothing(
    decision: Decision, breaks: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, by = PractitionerFactory(state=decision.source), coordinator("west")
    before = everything()
    breaks(monkeypatch)

    with pytest.raises(Broken):
        decision.act(practitioner=person, by=by, **decision.extra)

    assert everything() == before


@pytest.mark.parametrize("act", [services.decline, services.suspend])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_needed(act: Callable[..., Practitioner], reason: str) -> None:
    state = MemberState.APPLIED if act is services.decline else MemberState.ACTIVE
    person, by = PractitionerFactory(state=state), coordinator("west")
    before = everything()

    with pytest.raises(services.ReasonMissing):
        act(practitioner=person, by=by, reason=reason)

    assert everything() == before


def test_a_second_suspension_is_told_again() -> None:
    person, by = PractitionerFactory(), coordinator("west")

    for reason in ("First.", "Second."):
        services.suspend(practitioner=person, by=by, reason=reason)
        services.reinstate(practitioner=person, by=by)

    told = Message.objects.order_by("pk").values_list("kind", "context__reason")
    assert list(told) == [
        ("membership-suspended", "First."),
        ("membership-reinstated", None),
        ("membership-suspended", "Second."),
        ("membership-reinstated", None),
    ]
