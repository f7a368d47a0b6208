"""The demo: every role, side and state, made once, and never on a public server."""

import re
from io import StringIO
from time import sleep

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.test import RequestFactory, TestCase
from django.utils import timezone

from campaigns import awareness, recount as recount_of_contests
from campaigns.models import (
    ActivityCorrection,
    Award,
    Campaign,
    Complaint,
    Decision,
    Entry,
    GalleryItem,
    ResultSheet,
)
from dialogues import policies as policies_of_dialogues, selectors
from dialogues.enums import RegistrationState, SessionState
from dialogues.management.demo import accounts, people
from dialogues.models import Presence, Registration, Session, Site, WalkIn
from facilities.models import Assessment, Facility, FacilityImport, LocalRegion, MonthlyReport
from measures import recount
from measures.enums import ActionState, MeasureState
from measures.models import Action, Measure, Vote
from needs.models import Asset, Need, Proposal, Surplus
from network import policies
from network.enums import MemberState, Role
from network.models import Practitioner, RoleGrant, Transition, User
from notifications.models import Message
from outreach.models import DailyReport, MobileUnit

# Once for all: loading it asks nothing of a database that the tests of its services do not ask.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
SIDES = ["east", "west", "south", None]


def said_by(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


class TestDemo(TestCase):
    """Loaded once for all that is looked at in it."""

    @classmethod
    def setUpTestData(cls):
        call_command("load_reference", stdout=StringIO())
        cls.said = said_by("load_demo")

    def test_demo_has_every_state_and_role_on_every_side(self):
        for side in SIDES:
            here = Practitioner.objects.filter(region__code=side) if side else Practitioner.objects.filter(region=None)
            by_state = dict(here.values_list("state").annotate(count=Count("pk")).order_by())
            assert by_state[MemberState.ACTIVE] >= 8
            assert {state: by_state[state] for state in by_state if state != MemberState.ACTIVE} == {
                MemberState.APPLIED: 2,
                MemberState.DECLINED: 1,
                MemberState.SUSPENDED: 1,
            }
            applied = here.filter(state=MemberState.APPLIED).select_related("user")
            assert sum(here.possible_duplicates_of(person).exists() for person in applied) == 1
        in_force = RoleGrant.objects.in_force(timezone.localdate()).order_by("pk")
        assert list(in_force.values_list("role", "region__code")) == [
            (Role.REGIONAL_COORDINATOR, "east"),
            (Role.REGIONAL_COORDINATOR, "west"),
            (Role.REGIONAL_COORDINATOR, "south"),
            (Role.NATIONAL_COORDINATOR, None),
            (Role.NATIONAL_COORDINATOR, None),
            (Role.AUDITOR, None),
        ]
        national = [grant.user for grant in in_force.filter(role=Role.NATIONAL_COORDINATOR)]
        assert all(user.practitioner.verified_by_id != user.pk for user in national)

    def test_demo_people_are_marked_as_invented(self):
        for person in Practitioner.objects.select_related("user"):
            assert not person.name_ar or person.name_ar.endswith(("(تجريبي)", "(تجريبية)"))
            assert not person.name_latin or person.name_latin.endswith("(Demo)")
            assert person.user.email.endswith("@demo.jisr.invalid")
            assert person.licence_number.startswith("DEMO-")
            # Numbers that are kept for fiction (NANPA 555-01XX): nobody is ever called.
            assert not person.user.phone or person.user.phone.startswith("+120255501")

    def test_demo_has_sessions_in_every_state(self):
        states = dict(Session.objects.values_list("state").annotate(count=Count("pk")).order_by())
        assert set(states) == set(SessionState.values)
        places = set(Registration.objects.values_list("state", flat=True))
        assert places == {
            RegistrationState.CONFIRMED,
            RegistrationState.WAITING,
            RegistrationState.OFFERED,
            RegistrationState.CANCELLED,
            RegistrationState.ATTENDED,
            RegistrationState.ABSENT,
        }
        for side in ("east", "west", "south"):
            assert Session.objects.filter(host_region__code=side, state=SessionState.PUBLISHED).exists()
        for site in Site.objects.all():
            assert site.taken == site.registrations.seated().filter(walked_in=False).count()

    def test_demo_begins_with_28_people_of_three_sides_in_three_rooms(self):
        first = Session.objects.order_by("pk").first()

        present = {row["side"].code if row["side"] else None: row["present"] for row in selectors.counts_by_side(first)}

        assert first.state == SessionState.CLOSED
        assert set(first.sites.values_list("name_en", flat=True)) == {"Tripoli room", "Benghazi room", "Sebha room"}
        assert sum(present.values()) == 28
        assert present[None] == 0
        assert timezone.localtime(first.starts_at).strftime("%a %H:%M") == "Sat 10:00"

    def test_demo_times_fit_their_states(self):
        now = timezone.now()
        for session in Session.objects.all():
            assert session.created_at < session.starts_at
            if session.state == SessionState.CLOSED:
                assert session.ends_at < session.closed_at < now
            elif session.state == SessionState.HELD:
                assert session.starts_at < now < session.ends_at
            else:
                assert session.starts_at > now
                assert timezone.localtime(session.starts_at).strftime("%a") != "Fri"
        for row in Registration.objects.select_related("session").exclude(walked_in=True):
            assert row.requested_at < row.session.starts_at
        assert all(row.added_at < now for row in WalkIn.objects.all())

    def test_demo_tells_nobody_of_what_is_over(self):
        over = Session.objects.filter(starts_at__lt=timezone.now())
        registrations = Registration.objects.filter(session__in=over)
        references = [f"dialogues.session:{pk}" for pk in over.values_list("pk", flat=True)]
        references += [f"dialogues.registration:{pk}" for pk in registrations.values_list("pk", flat=True)]

        told = Message.objects.filter(subject_ref__in=references)

        assert told.exists()
        assert set(told.values_list("state", flat=True)) == {"not_wanted"}
        assert Message.objects.filter(state="due").exists()

    def test_demo_twice_is_as_once(self):
        models = (User, Practitioner, RoleGrant, Session, Site, Registration, WalkIn, Transition, Message, EmailAddress)
        before = [list(model.objects.order_by("pk").values()) for model in models]

        said = said_by("load_demo")

        assert said == "The demo is there already.\n"
        assert [list(model.objects.order_by("pk").values()) for model in models] == before

    def test_everybody_logs_in_with_the_one_password_and_staff_with_the_code(self):
        coordinators = User.objects.filter(email__startswith="coordinator.")
        for user in coordinators:
            assert authenticate(RequestFactory().post("/"), email=user.email, password=accounts.PASSWORD) == user
        kept = [Authenticator.objects.get(user=user).data["secret"] for user in coordinators]
        assert not any(accounts.secret() in secret for secret in kept)
        code, seconds = accounts.code()
        assert 0 < seconds <= 30
        if seconds < 5:
            # Not one that runs out on the way.
            sleep(seconds + 0.1)
            code, _ = accounts.code()
        assert all(validate_totp_code(get_adapter().decrypt(secret), code) for secret in kept)
        staff = {user.pk for user in User.objects.all() if policies.is_staff(user)}
        assert set(Authenticator.objects.values_list("user_id", flat=True)) == staff
        assert EmailAddress.objects.filter(verified=True, primary=True).count() == User.objects.count()

    def test_demo_has_a_door_that_is_kept_people_online_and_a_guest_who_was_invited(self):
        session = Session.objects.get(state=SessionState.HELD)
        rooms = session.sites.filter(kind="room")

        assert all(room.local_host and policies_of_dialogues.door_is_open(session, timezone.now()) for room in rooms)
        assert set(session.registrations.values_list("marked_via", flat=True)) == {"", "list", "pass", "code"}
        assert len(Presence.objects.filter(registration__session=session).minutes()) == 3
        assert session.walk_ins.get().invitation
        assert all(session.registrations.values_list("code", flat=True))

    def test_logins_are_printed_for_every_kind_of_person(self):
        said = said_by("demo_logins")

        assert accounts.PASSWORD in said
        assert re.search(r"coordinator\.east@demo\.jisr\.invalid +[0-9]{6}$", said, re.MULTILINE)
        assert re.search(r"member1\.east@demo\.jisr\.invalid$", said, re.MULTILINE)
        assert [line.split("  ")[1] for line in said.splitlines() if "@" in line] == [
            "coordinator, east",
            "coordinator, west",
            "coordinator, south",
            "national coordinator",
            "national coordinator",
            "auditor",
            "member, east, keeps a door today",
            "member, west, keeps a door today",
            "member, south, keeps a door today",
            "member, abroad",
            "waits for verification",
            "declined",
            "suspended",
        ]
        assert said_by("demo_logins", "--all").count("@demo.jisr.invalid") == len(people.Cast().rows)

    def test_demo_says_how_far_it_is(self):
        assert "54 people of every role and side" in self.said
        assert f"{Session.objects.count()} sessions" in self.said
        assert "9 case studies" in self.said
        assert "9 collective measures" in self.said
        assert "6 campaigns" in self.said
        assert "24 facilities" in self.said

    def test_demo_has_measures_and_actions_in_every_state_and_votes_that_a_recount_confirms(self):
        assert set(Measure.objects.values_list("state", flat=True)) == set(MeasureState.values)
        assert set(Action.objects.values_list("state", flat=True)) == set(ActionState.values)
        assert [recount.check(vote).faults for vote in Vote.objects.order_by("pk")] == [[]] * 5
        assert Vote.objects.get(measure__state="open").closes_at > timezone.now()
        told = Message.objects.filter(kind__regex="^(measure|action)-")
        assert set(told.values_list("state", flat=True)) == {"not_wanted"}

    def test_demo_has_campaigns_of_every_kind_and_sheets_that_a_recount_confirms(self):
        campaigns = set(Campaign.objects.values_list("kind", "state"))
        assert campaigns == {
            ("contest", "open"),
            ("contest", "judging"),
            ("contest", "results"),
            ("awareness", "open"),
            ("pledge", "open"),
            ("pledge", "draft"),
        }
        assert all(campaign.title_en.endswith("(demo)") for campaign in Campaign.objects.all())
        sheets = ResultSheet.objects.select_related("round__campaign").order_by("pk")
        assert [recount_of_contests.check(sheet) for sheet in sheets] == [[]] * 3
        reached = awareness.told_to_all(Campaign.objects.get(kind="awareness"))
        assert 12 <= reached.activities < 30
        assert all(bar.number for bar in reached.sides)
        assert ActivityCorrection.objects.count() == 1
        pledged = awareness.pledged(Campaign.objects.get(kind="pledge", state="open"))
        assert (pledged.people, pledged.hides) == ("21", False)

    def test_demo_has_a_contest_that_is_over_with_all_that_came_of_it(self):
        campaign = Campaign.objects.get(state="results")
        now = timezone.now()

        awards = Award.objects.filter(campaign=campaign)
        assert sorted(awards.values_list("state", flat=True)) == ["declined", "delivered", "promised", "told"]
        assert awards.get(state="told").moved_up_from == awards.get(state="declined")
        assert awards.get(state="told").answer_until > now
        assert awards.get(state="promised").promised_for > timezone.localdate()
        assert awards.get(state="delivered").delivered_at < now
        decision = Decision.objects.get(campaign=campaign)
        assert decision.proposed_by != decision.confirmed_by
        assert decision.confirmed_at < awards.get(state="delivered").told_at < campaign.results_at
        assert Complaint.objects.get(campaign=campaign).answer
        shown = GalleryItem.objects.shown().filter(photo__campaign=campaign)
        assert shown.count() == 6
        assert all(item.alt_ar and item.alt_en for item in shown)
        assert campaign.prize_giving.appearances.count() == 1
        assert not Entry.objects.exclude(email="").exclude(email__endswith="@demo.jisr.invalid").exists()

    def test_demo_has_facilities_of_every_side_and_what_is_said_of_them(self):
        assert all(row.name_ar.endswith(("(تجريبي)", "(تجريبية)")) for row in Facility.objects.all())
        assert all(row.name_en.endswith("(demo)") for row in Facility.objects.all())
        by_side = dict(Facility.objects.values_list("side__code").annotate(count=Count("pk")).order_by())
        assert by_side == {"west": 8, "east": 8, "south": 8}
        assert Facility.objects.get(concern=True).side.code == "south"
        disputed = {tuple(row.disputed) for row in Facility.objects.public()}
        assert disputed == {(), ("functionality",), ("beds",)}
        assert set(Assessment.objects.values_list("state", flat=True)) == {
            "planned",
            "in_field",
            "reconciled",
            "published",
        }
        for side in ("west", "east", "south"):
            here = Facility.objects.public().filter(side__code=side)
            for email in (f"member1.{side}@demo.jisr.invalid", f"member3.{side}@demo.jisr.invalid"):
                assert Facility.objects.kept_by(User.objects.get(email=email)).filter(pk__in=here).exists()
            assert MonthlyReport.objects.filter(facility__in=here).exists()
            assert Need.objects.public().filter(facility__in=here).exists()
            assert DailyReport.objects.filter(unit__side__code=side).exists()
        assert Surplus.objects.exists()
        assert Asset.objects.exists()
        assert Proposal.objects.exists()
        assert MobileUnit.objects.count() == 3
        assert LocalRegion.objects.count() == 2
        assert FacilityImport.objects.get().rows.exists()

    def test_code_alone_is_printed(self):
        before, said, after = accounts.code()[0], said_by("demo_code"), accounts.code()[0]

        assert said.strip() in {before, after}


def test_demo_refuses_a_public_server(settings):
    settings.ON_LOOPBACK, settings.SITE_URL = False, "https://jisr.example"

    with pytest.raises(CommandError, match=r"not for https://jisr\.example"):
        call_command("load_demo")

    assert not User.objects.exists()


def test_demo_needs_the_reference_data_and_leaves_nothing_half_done():
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_demo", verbosity=0)

    assert not User.objects.exists()


def test_secret_of_the_second_factor_is_another_on_every_machine(settings):
    here = accounts.secret()
    settings.SECRET_KEY = "of another machine"

    assert accounts.secret() != here
    assert len(here) == 32


@pytest.mark.parametrize("command", ["demo_code", "demo_logins"])
def test_logins_without_a_demo_are_refused(command):
    with pytest.raises(CommandError, match="no demo"):
        call_command(command)
