"""A registry with as many facilities as asked for.

`python -m benchmarks.facility_scene fill FACILITIES` fills an empty network on PostgreSQL; `… visit` asks for each page once for each line
of its input, and prints for each the seconds.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter
from typing import Any

import django

django.setup()

# These need the settings.
from allauth.mfa.models import Authenticator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.import_lists import LETTERS, WORDS  # noqa: E402
from facilities.enums import Functionality, Level, Owner, Precision  # noqa: E402
from facilities.models import Facility, FacilityType, MonthlyReport  # noqa: E402
from network import search  # noqa: E402
from network.models import District, User  # noqa: E402
from network.months import month_before  # noqa: E402
from tests.factories.network import PractitionerFactory, coordinator  # noqa: E402

MEMBER, REGIONAL = "member@bench.example", "regional@bench.example"
BATCH = 2_000
# Tripoli, in which one in five lies; the others are spread over the rest.
CROWDED = "LY0211"
SOUNDS = dict(
    zip(
        LETTERS,
        ["b", "t", "j", "h", "d", "r", "z", "s", "sh", "s", "t", "a", "f", "q", "k", "l", "m", "n", "h"],
        strict=True,
    )
)


def invented(number: int) -> Iterator[Facility]:
    """Yield so many facilities, the same for the same number: one in twelve without a name, one in five in one district."""
    chance, now = random.Random(11), timezone.now()
    districts = list(District.objects.select_related("region").order_by("pcode"))
    crowded = next((row for row in districts if row.pcode == CROWDED), districts[0])
    kinds = list(FacilityType.objects.order_by("pk"))
    for n in range(number):
        district = crowded if n % 5 == 0 else chance.choice(districts)
        root = chance.choices(LETTERS, k=4)
        names = {"name_ar": "", "name_en": ""}
        if n % 12:
            names["name_ar"] = f"{chance.choice(list(WORDS.values()))} ال{''.join(root)} {n % 97}"
            names["name_en"] = f"Al{''.join(SOUNDS[letter] for letter in root)} {n % 97}" if n % 3 == 0 else ""
        code = f"B{n:07}"
        row = Facility(
            code=code,
            kind=chance.choice(kinds),
            owner=chance.choice(Owner.values),
            level=chance.choice(Level.values),
            district=district,
            side=district.region,
            latitude=f"{32.6 + chance.random() * 0.3:.6f}",
            longitude=f"{13 + chance.random() * 0.6:.6f}",
            public_precision=(Precision.EXACT, Precision.MUNICIPALITY)[n % 2],
            concern=n % 50 == 49,
            functionality=chance.choice(Functionality.values),
            functionality_on=timezone.localdate(),
            created_at=now - timedelta(days=n % 700),
            changed_at=now - timedelta(seconds=n),
            search=search.text_index(*filter(None, names.values()), code),
            **names,
        )
        for field, value in row.sort_keys.items():
            setattr(row, field, value)
        yield row


def fill(number: int) -> None:
    """List so many facilities; a third of them has reported the last month."""
    by = coordinator("west", email=REGIONAL)
    Authenticator.objects.create(user=by, type=Authenticator.Type.TOTP, data={})
    PractitionerFactory(user__email=MEMBER)
    Facility.objects.bulk_create(invented(number), batch_size=BATCH)
    now, months = timezone.now(), (1, 2)
    for back in months:
        month = month_before(timezone.localdate(), back)
        MonthlyReport.objects.bulk_create(
            (
                MonthlyReport(
                    facility_id=pk,
                    month=month,
                    state="submitted",
                    begun_at=now,
                    begun_by=by,
                    submitted_at=now,
                    submitted_by=by,
                )
                for pk in Facility.objects.order_by("pk").values_list("pk", flat=True)
                if pk % 3 == 0
            ),
            batch_size=BATCH,
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def visit() -> None:
    """Ask for each page once for each line of the input."""
    settings.ALLOWED_HOSTS.append("testserver")
    clients = {email: Client() for email in (MEMBER, REGIONAL)}
    for email, client in clients.items():
        client.force_login(User.objects.get(email=email))
    named = Facility.objects.public().exclude(name_en="").order_by("pk")[7]
    word, place = named.name_ar.split()[-2], District.objects.order_by("pcode").last()
    crowded = Facility.objects.order_by("pk")[0].district
    listed, desk, country = "/ar/facilities/", "/ar/admin/facilities/facility/", "/ar/facilities/map/"
    anybody, member, regional = Client(), clients[MEMBER], clients[REGIONAL]
    pages: list[tuple[str, Any, str]] = [
        ("List of facilities", anybody, listed),
        ("List, its last page", anybody, f"{listed}?page=40"),
        (
            "List, what does not work in a district",
            anybody,
            f"{listed}?district={place.pcode if place else ''}&works=none",
        ),
        ("List, a member", member, listed),
        ("A facility's page", anybody, f"{listed}{named.code}/"),
        ("Search, a name", anybody, f"{listed}?q={word}"),
        ("Search, a Latin spelling", anybody, f"{listed}?q={named.name_en.split()[0].lower()}"),
        ("Search, a common word", anybody, f"{listed}?q=مستشفى"),
        ("Search, two common words", anybody, f"{listed}?q=مركز صحي"),
        ("Search, two common words that never meet", anybody, f"{listed}?q=مستشفى صيدلية"),
        ("Search, a common word and a name", anybody, f"{listed}?q=مستشفى {word}"),
        ("Search, part of a word", anybody, f"{listed}?q={word[2:5]}"),
        ("Search, a code", anybody, f"{listed}?q={named.code}"),
        ("Search, nothing found", anybody, f"{listed}?q=ظظظظغغ"),
        ("Desk, list of facilities", regional, desk),
        ("Desk, search", regional, f"{desk}?q={word}"),
        ("Map by functionality", anybody, country),
        ("Map by monthly reports", anybody, f"{country}?by=reporting"),
        ("Map of the fullest district", anybody, f"{country}{crowded.pcode}/"),
        ("Map by functionality, counted anew", anybody, country),
        ("Map by monthly reports, counted anew", anybody, f"{country}?by=reporting"),
        ("Map of the fullest district, counted anew", anybody, f"{country}{crowded.pcode}/"),
    ]
    newest = Facility.objects.order_by("-changed_at")[0]
    for _line in sys.stdin:
        taken = []
        for page, client, path in pages:
            if page.endswith("anew"):
                Facility.objects.filter(pk=newest.pk).update(changed_at=timezone.now())
            began = perf_counter()
            answer = client.get(path)
            taken.append((page, perf_counter() - began))
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        # The pages of the next round find what the last visitors left behind.
        for path in (country, f"{country}?by=reporting", f"{country}{crowded.pcode}/"):
            anybody.get(path)
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    else:
        visit()
