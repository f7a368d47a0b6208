"""The demo's people: they apply, are verified, declined, suspended, and given roles as real ones are."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from dialogues.management.demo import accounts
from network import services
from network.enums import Role
from network.models import CodeOfConduct, Municipality, Practitioner, Profession, Region, RoleGrant, Specialty, User

FILE = Path(__file__).with_name("people.csv")
ROLES = {
    "coordinator": Role.REGIONAL_COORDINATOR,
    "national": Role.NATIONAL_COORDINATOR,
    "auditor": Role.AUDITOR,
}
ROLES_BEGAN = timedelta(days=400)
DECLINED = "لم نجد رقم الترخيص في سجل النقابة. نرجو كتابة الرقم الصحيح وتقديم الطلب من جديد."
SUSPENDED = "نُشر تسجيل من جلسة مغلقة خلافًا لمدوّنة السلوك. الإيقاف إلى أن يُنظر في الأمر."


class Cast:
    """Everybody in the demo by login ("member1.east"), and how to get a fresh account with its present roles."""

    def __init__(self) -> None:
        with FILE.open(encoding="utf-8", newline="") as file:
            self.rows = {row["login"]: row for row in csv.DictReader(file)}
        self.people: dict[str, Practitioner] = {}

    def of(self, part: str, side: str = "") -> list[str]:
        """Return the logins that play a part, those of one side if it is given."""
        return [
            login
            for login, row in self.rows.items()
            if row["part"] == part and (not side or login.endswith(f".{side}"))
        ]

    def user(self, login: str) -> User:
        """Return the account anew: its roles are kept on the object from the first time they are asked for."""
        return User.objects.get(email=accounts.address(login))

    def person(self, login: str) -> Practitioner:
        return self.people[login]


def load(conduct: CodeOfConduct) -> Cast:
    """Make all of them; they accept this version of the code of conduct."""
    cast = Cast()
    users = accounts.make(cast.rows)
    for login, row in cast.rows.items():
        _set_up(users[login], row)
    _give_roles(cast)
    _apply(cast, users, conduct)
    _decide(cast)
    _spread_over_time(cast)
    return cast


def _set_up(user: User, row: dict[str, str]) -> None:
    services.keep_language(user=user, language=row["language"])
    services.set_discreet(user=user, discreet=row["discreet"] == "1")
    if row["phone"]:
        services.set_phone(user=user, phone=row["phone"], verified=True)


def _give_roles(cast: Cast) -> None:
    for part, role in ROLES.items():
        for login in cast.of(part):
            region = Region.objects.get(code=login.partition(".")[2]) if part == "coordinator" else None
            services.grant_first_role(email=accounts.address(login), role=role, region=region)
            accounts.give_second_factor(cast.user(login))


def _apply(cast: Cast, users: dict[str, User], conduct: CodeOfConduct) -> None:
    professions = {row.code: row for row in Profession.objects.all()}
    specialties = {row.code: row for row in Specialty.objects.all()}
    places = {row.pcode: row for row in Municipality.objects.select_related("district__region")}
    for login, row in cast.rows.items():
        profile: dict[str, Any] = {
            name: row[name]
            for name in ("name_ar", "name_latin", "abroad_in", "workplace", "licence_number", "visibility")
        }
        profile |= {
            "profession": professions[row["profession"]],
            "specialty": specialties.get(row["specialty"]),
            "municipality": places.get(row["municipality"]),
            "languages": row["languages"].split(),
        }
        cast.people[login] = services.apply_for_membership(
            user=users[login],
            profile=profile,
            conduct=conduct,
            language=row["language"],
            text_sha256=conduct.sha256_in(row["language"]),
        )


def _verifier(cast: Cast, login: str) -> str:
    """Return who answers for a person: the coordinator of their side, abroad the national one, never they themselves."""
    region = cast.person(login).region
    if region is None:
        return "national.west" if login == "national.abroad" else "national.abroad"
    return f"coordinator.{region.code}"


def _decide(cast: Cast) -> None:
    for login in cast.of("coordinator"):
        _verify_the_first(cast, login)
    fresh = {login: cast.user(login) for login in (*cast.of("coordinator"), *cast.of("national"))}
    for part in ("national", "auditor", "member", "suspended", "declined"):
        for login in cast.of(part):
            by, person = fresh[_verifier(cast, login)], cast.person(login)
            if part == "declined":
                services.decline(practitioner=person, by=by, reason=DECLINED)
                continue
            services.verify(practitioner=person, by=by)
            if part == "suspended":
                services.suspend(practitioner=person, by=by, reason=SUSPENDED)
    cast.people = {
        person.user.email.partition("@")[0]: person
        for person in Practitioner.objects.select_related("user", "region").order_by("pk")
        if person.user.email.endswith(f"@{accounts.DOMAIN}")
    }


def _verify_the_first(cast: Cast, login: str) -> None:
    """Verify a side's first coordinator, whom nobody of that side can verify yet: a national one holds the role for that one act."""
    region, stand_in = cast.person(login).region, "national.west"
    today = timezone.localdate()
    grant: RoleGrant = services.grant_role(
        email=accounts.address(stand_in),
        role=Role.REGIONAL_COORDINATOR,
        region=region,
        starts_on=today,
        ends_on=today,
        by=cast.user("national.abroad"),
    )
    services.verify(practitioner=cast.person(login), by=cast.user(stand_in))
    services.end_role(grant=grant, by=cast.user("national.abroad"))


def _spread_over_time(cast: Cast) -> None:
    """Demo only: let the members have come one after the other over the past months, and the applicants in the past days.

    Who holds a role has held it for longer than anything in the demo is old.
    """
    RoleGrant.objects.filter(ends_on__isnull=True).update(starts_on=timezone.localdate() - ROLES_BEGAN)
    for number, person in enumerate(cast.people.values()):
        days = number % 5 + 1 if person.state == "applied" else 210 - 3 * number
        applied = person.applied_at - timedelta(days=days, hours=number % 7)
        verified = applied + timedelta(days=2, hours=5) if person.verified_at else None
        Practitioner.objects.filter(pk=person.pk).update(applied_at=applied, verified_at=verified)
        User.objects.filter(pk=person.user_id).update(date_joined=applied - timedelta(hours=1))
