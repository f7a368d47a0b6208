"""The contest of 2020, replayed from the parts: six months to 31 December, about 1,400 entrants of three sides, desks in three cities.

Each had to make at least twenty masks and hand in five; three jurors of at least two sides looked at each; one sponsor gave ten prizes.
All people are invented; places are the reference data.
"""

import uuid
from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from campaigns import chain, recount, services, tasks
from campaigns.enums import CampaignState, EntryState
from campaigns.models import Assignment, Award, Campaign, Desk, Distribution, Entry, HandIn, Prize, Round
from campaigns.services import Entrant
from network.models import Municipality, User
from tests.campaigns import judges
from tests.clock import Clock
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, coordinator

TRIPOLI = ZoneInfo("Africa/Tripoli")
BEGINS, ENDS = datetime(2020, 7, 1, 9, tzinfo=TRIPOLI), datetime(2020, 12, 31, 23, 59, 59, tzinfo=TRIPOLI)
CITIES = {"west": ("LY021104", "TRP"), "east": ("LY010304", "BEN"), "south": ("LY031901", "SEB")}
ENTRANTS = {"west": 770, "east": 400, "south": 230}
QUORUM, PRIZES = 3, 10

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.either]


@pytest.fixture
def places() -> dict[str, list[Municipality]]:
    call_command("load_reference", verbosity=0)
    rows = Municipality.objects.select_related("district__region").order_by("pk")
    return {side: [row for row in rows if row.district.region.code == side] for side in CITIES}


def announced(by: User, clock: Clock) -> Campaign:
    clock.set(BEGINS - timedelta(days=14))
    campaign = make.campaign(state="draft", opens_at=BEGINS, closes_at=ENDS, sponsor_ar="راعٍ", sponsor_en="A sponsor")
    services.save_part(
        part=Prize(campaign=campaign, what_ar="جائزة", what_en="A prize", count=PRIZES), changed=(), by=by
    )
    return services.announce_campaign(campaign=campaign, by=by)


def desk(campaign: Campaign, side: str, by: User) -> tuple[Desk, User]:
    pcode, letters = CITIES[side]
    row = Desk(
        campaign=campaign, municipality=Municipality.objects.get(pcode=pcode), prefix=letters, opens_on=BEGINS.date(),
        closes_on=date(2021, 1, 31), name_ar=letters, name_en=letters, place_ar=letters, place_en=letters,
    )  # fmt: skip
    made = services.save_desk(desk=row, changed=(), by=by)
    return made, make.collector(made)


def entered(campaign: Campaign, place: Municipality, number: int, at: datetime, by: User | None, made: int) -> Entry:
    entry = services.receive_entry(
        campaign=campaign, uid=uuid.uuid4(), entrant=Entrant(name=f"مشارك {number}", phone=f"+2189{number:08}", municipality=place),
        answers={"made": made}, in_gallery=bool(number % 2), received_at=at, by=by,
    )  # fmt: skip
    return services.confirm_contact(entry=entry, typed=make.code_of(entry)) if number % 40 else entry


def test_the_contest_of_2020(places: dict[str, list[Municipality]], clock: Clock) -> None:
    chance, national = Random(2020), coordinator(None)
    coordinators = {side: coordinator(side) for side in CITIES}
    campaign = announced(national, clock)
    clock.set(BEGINS)
    tasks.follow_the_clock()
    desks = {side: desk(campaign, side, coordinators[side]) for side in CITIES}

    # Six months: day after day people of all sides enter, one in five on paper; most hand in what they have to, some too few, some nothing.
    lives = [side for side, count in ENTRANTS.items() for _ in range(count)]
    chance.shuffle(lives)
    days, brought = (ENDS - BEGINS).days, Counter[str]()
    for number, side in enumerate(lives):
        clock.set(BEGINS + timedelta(days=days * number / len(lives), minutes=number % 500))
        paper = coordinators[side] if number % 5 == 0 else None
        made = chance.randrange(20, 60) if number % 12 else chance.randrange(1, 20)
        entry = entered(campaign, chance.choice(places[side]), number, clock.now, paper, made)
        pieces = 5 if number % 9 else chance.choice((0, 3))
        if pieces:
            at, collector = desks[side]
            services.count_hand_in(desk=at, entry=entry, uid=uuid.uuid4(), brought=5, pieces=pieces, by=collector)
            brought[side] += pieces

    # The last second is in time, the next one is not.
    entered(campaign, places["west"][0], 5001, ENDS - timedelta(seconds=1), None, 30)
    with pytest.raises(services.EntriesClosed):
        entered(campaign, places["west"][0], 5002, ENDS, None, 30)
    clock.set(ENDS)
    tasks.follow_the_clock()
    tasks.follow_the_clock()
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.JUDGING
    assert Entry.objects.filter(campaign=campaign).count() == len(lives) + 1

    # The chain: what was counted is what lies at the desks or was given out; nobody is eligible by their word alone.
    for side, (at, _collector) in desks.items():
        given = Distribution(
            uid=uuid.uuid4(),
            desk=at,
            pieces=brought[side] - 7,
            municipality=at.municipality,
            to_whom="مستشفى",
            given_on=ENDS.date(),
        )
        services.record_distribution(given=given, by=coordinators[side])
        assert chain.left_at(at) == 7
    sides = chain.of_campaign(campaign, national)
    assert chain.total(sides, "all").counted == sum(brought.values())
    eligible = set(Entry.objects.filter(campaign=campaign, state=EntryState.ELIGIBLE).values_list("pk", flat=True))
    assert eligible == {
        entry.pk
        for entry in Entry.objects.filter(campaign=campaign, confirmed_at__isnull=False, made__gte=20)
        if sum(HandIn.objects.filter(entry=entry).values_list("pieces", flat=True)) >= 5
    }
    assert len(eligible) > len(lives) * 0.7

    # Three jurors an entry, of at least two sides; nobody looks at what is of their own municipality.
    for side in (*CITIES, None):
        for _ in range(3):
            services.name_juror(campaign=campaign, practitioner=PractitionerFactory(side=side), by=national)
    round_ = make.round_of(campaign, "scores", opened=False, quorum=QUORUM, go_on=20)
    services.open_round(round_=round_, by=national)
    judges.give_all(round_)
    rows = Assignment.objects.filter(round=round_, dropped_at__isnull=True).values_list("entry", "juror__side")
    jurors: dict[int, list[int | None]] = {}
    for entry_id, juror_side in rows:
        jurors.setdefault(entry_id, []).append(juror_side)
    assert set(jurors) == eligible
    assert all(len(found) == QUORUM and len(set(found)) > 1 for found in jurors.values())

    services.close_round(round_=round_, by=national)
    round_ = Round.objects.get(pk=round_.pk)
    shortlisted = Entry.objects.filter(campaign=campaign, state=EntryState.SHORTLISTED)
    assert not shortlisted.exists()
    proposal = recount.propose(round_)
    assert len({award.entry for award in proposal.awards}) == PRIZES
    call_command("recount_contest", campaign.slug)

    # Two people decide, the winners hear it first, the first of them declines, and everybody reads the rest.
    second = coordinator(None)
    decision = services.propose_results(campaign=campaign, by=national)
    services.confirm_results(campaign=campaign, sha256=decision.sha256, by=second)
    assert shortlisted.count() == 20
    left = services.tell_winners(campaign=campaign, by=second)
    for award in left:
        services.tell_in_person(award=award, by=second)
    order = [row[1] for row in decision.sheet.sheet["places"]]
    services.answer_award(entry=Entry.objects.get(public_code=order[0]), accepts=False)
    for award in Award.objects.filter(campaign=campaign, state="decided"):
        services.tell_in_person(award=award, by=second)
    clock.forward(hours=24)
    services.publish_results(campaign=campaign, by=national)
    won = Entry.objects.filter(campaign=campaign, state=EntryState.WINNER)
    assert set(won.values_list("public_code", flat=True)) == set(order[1 : PRIZES + 1])
    assert Entry.objects.filter(campaign=campaign, state=EntryState.PLACED).count() == 10
    call_command("recount_contest", campaign.slug)
