"""Invented people and places."""

import datetime
from functools import lru_cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from network import search
from network.enums import MemberState, Role, Visibility
from network.models import (
    CodeOfConduct,
    ConductAcceptance,
    District,
    Municipality,
    Practitioner,
    Profession,
    Region,
    RoleGrant,
    Specialty,
    User,
)

PASSWORD = "a long invented password"
# Slow on purpose, so once for each password.
hashed = lru_cache(make_password)
SIDES = {"east": ("الشرق", "East"), "west": ("الغرب", "West"), "south": ("الجنوب", "South")}


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "west"
    pcode = factory.LazyAttribute(lambda o: f"LY-{o.code}")
    name_ar = factory.LazyAttribute(lambda o: SIDES[o.code][0])
    name_en = factory.LazyAttribute(lambda o: SIDES[o.code][1])
    position = factory.LazyAttribute(lambda o: list(SIDES).index(o.code))


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District

    region = factory.SubFactory(RegionFactory)
    pcode = factory.Sequence(lambda n: f"D{n}")
    name_ar = factory.Sequence(lambda n: f"منطقة {n}")
    name_en = factory.Sequence(lambda n: f"District {n}")


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = Municipality

    district = factory.SubFactory(DistrictFactory)
    name_ar = factory.Sequence(lambda n: f"بلدية {n}")
    name_en = factory.Sequence(lambda n: f"Municipality {n}")


class ProfessionFactory(DjangoModelFactory):
    class Meta:
        model = Profession
        django_get_or_create = ("code",)

    code = "2212"
    name_ar = "طبيب اختصاصي"
    name_en = "Specialist doctor"


class SpecialtyFactory(DjangoModelFactory):
    class Meta:
        model = Specialty
        django_get_or_create = ("code",)

    code = "paediatrics"
    name_ar = "طب الأطفال"
    name_en = "Paediatrics"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.Transformer(PASSWORD, transform=hashed)
    discreet = False


class PractitionerFactory(DjangoModelFactory):
    """An active member of a side; `side=None` lives abroad, `state=` says how far they have come in."""

    class Meta:
        model = Practitioner

    class Params:
        side = "west"

    user = factory.SubFactory(UserFactory)
    state = MemberState.ACTIVE
    name_ar = factory.Sequence(lambda n: "سالمة " + "".join("ابتثجحخدرز"[int(d)] for d in str(n)))
    name_latin = factory.Sequence(lambda n: "Salma " + "".join("abcdefghij"[int(d)] for d in str(n)))
    profession = factory.SubFactory(ProfessionFactory)
    municipality = factory.Maybe(
        "side",
        factory.SubFactory(
            MunicipalityFactory,
            district=factory.SubFactory(
                DistrictFactory,
                region=factory.SubFactory(RegionFactory, code=factory.SelfAttribute("....side")),
            ),
        ),
        None,
    )
    region = factory.LazyAttribute(lambda o: o.municipality.district.region if o.municipality else None)
    abroad_in = factory.LazyAttribute(lambda o: "" if o.municipality else "Malta")
    workplace = "Invented hospital"
    licence_number = factory.Sequence(lambda n: f"LIC-{n:04}")
    languages = ["ar", "en"]
    visibility = Visibility.SIDE
    applied_at = factory.LazyFunction(timezone.now)
    verified_at = factory.LazyAttribute(
        lambda o: (
            timezone.now() if o.state in (MemberState.VERIFIED, MemberState.ACTIVE, MemberState.SUSPENDED) else None
        )
    )
    verified_by = factory.LazyAttribute(lambda o: o.user if o.verified_at else None)
    left_at = factory.LazyAttribute(lambda o: timezone.now() if o.state == MemberState.LEFT else None)
    folded_ar = factory.LazyAttribute(lambda o: search.fold(o.name_ar))
    folded_latin = factory.LazyAttribute(lambda o: search.fold(o.name_latin))
    search = factory.LazyAttribute(lambda o: search.index(o.name_ar, o.name_latin))


class RoleGrantFactory(DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.NATIONAL_COORDINATOR
    starts_on = datetime.date(2020, 1, 1)
    granted_at = factory.LazyFunction(timezone.now)


class CodeOfConductFactory(DjangoModelFactory):
    class Meta:
        model = CodeOfConduct

    version = factory.Sequence(lambda n: f"1.{n}")
    text_ar = "نحترم المرضى وزملاءنا."
    text_en = "We respect patients and colleagues."
    in_force_from = datetime.date(2020, 1, 1)


def accepted(practitioner: Practitioner, conduct: CodeOfConduct) -> ConductAcceptance:
    """Let a member have accepted a version in Arabic."""
    return ConductAcceptance.objects.create(
        practitioner=practitioner,
        conduct=conduct,
        language="ar",
        text_sha256=conduct.sha256_in("ar"),
        accepted_at=timezone.now(),
    )


def coordinator(side: str | None = "west", **fields: Any) -> User:
    """Return somebody who coordinates a side, or for None the country."""
    user = UserFactory(**fields)
    if side is None:
        RoleGrantFactory(user=user)
    else:
        RoleGrantFactory(user=user, role=Role.REGIONAL_COORDINATOR, region=RegionFactory(code=side))
    return user


def auditor(**fields: Any) -> User:
    """Return somebody who reads all and changes nothing."""
    return RoleGrantFactory(user=UserFactory(**fields), role=Role.AUDITOR).user
