"""A contest to enter, and one that is judged, with as many entries as asked for.

`python -m benchmarks.contest_scene open` makes a campaign that takes entries and prints where; `… kept` prints what has come.
`… fill ENTRIES` fills an empty network on PostgreSQL; `… visit` asks for each page once for each line of its input, and prints for each
the seconds.
"""

import json
import sys
from time import perf_counter
from typing import Any

import django

django.setup()

# These need the settings.
from allauth.mfa.models import Authenticator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from campaigns import photos  # noqa: E402
from campaigns.judging_selectors import watched_key  # noqa: E402
from campaigns.models import Campaign, Entry, Juror, Photo, Round  # noqa: E402
from campaigns.progress import key as progress_key  # noqa: E402
from network.models import Region, User  # noqa: E402
from tests.factories import campaigns as make  # noqa: E402
from tests.factories.network import MunicipalityFactory, PractitionerFactory, coordinator  # noqa: E402

SLUG = "masks"
SIDES, JURORS, DESKS, QUORUM = ("west", "east", "south"), 60, 12, 3
MEMBER, NATIONAL, REGIONAL, EAST = (f"{name}@bench.example" for name in ("member", "national", "regional", "east"))

# Half a year of entries: of every hundred 15 received, 15 confirmed, 10 handed in, 55 eligible, 5 out; of ten 5, 3 and 1 of a side
# each, and one from abroad. %(n)s is how many.
ENTRIES = """
INSERT INTO campaigns_entry (uid, code, public_code, campaign_id, state, via, language, name, folded, phone, email, municipality_id,
    side_id, made, answers, in_gallery, received_at, received_on, confirmed_at)
SELECT gen_random_uuid(), upper(lpad(to_hex(g), 12, 'K')), upper(lpad(to_hex(g), 10, 'K')), %(campaign)s,
    CASE WHEN g %% 100 < 15 THEN 'received' WHEN g %% 100 < 30 THEN 'confirmed' WHEN g %% 100 < 40 THEN 'handed_in'
         WHEN g %% 100 < 95 THEN 'eligible' WHEN g %% 100 < 98 THEN 'withdrawn' ELSE 'disqualified' END,
    'web', 'ar', 'مشارك ' || g, 'مشارك ' || g, '+21891' || lpad(g::text, 7, '0'), '',
    (%(places)s::bigint[])[p], (%(sides)s::bigint[])[p], 15 + g %% 20,
    '{"made": 24, "cloth": "1", "words": "خيطت طبقتين من القطن"}'::jsonb, g %% 3 = 0,
    moment, (moment AT TIME ZONE 'Africa/Tripoli')::date, CASE WHEN g %% 100 >= 15 THEN moment END
FROM (SELECT g, CASE WHEN g * 7 %% 10 < 5 THEN 1 WHEN g * 7 %% 10 < 8 THEN 2 WHEN g * 7 %% 10 < 9 THEN 3 END AS p,
    now() - interval '180 days' + g * (interval '179 days' / %(n)s) AS moment FROM generate_series(1, %(n)s) g) rows
"""
PHOTOS = """
INSERT INTO campaigns_photo (campaign_id, entry_id, form, uid, position, state, refusal, quarantined, kept, width, height, fingerprint,
    received_at, settled_at, tries)
SELECT campaign_id, id, uid, gen_random_uuid(), 1,
    CASE id %% 100 WHEN 1 THEN 'refused' WHEN 2 THEN 'waiting' ELSE 'ready' END, CASE id %% 100 WHEN 1 THEN 'broken' ELSE '' END,
    CASE id %% 100 WHEN 2 THEN md5(id::text) ELSE '' END,
    CASE WHEN id %% 100 IN (1, 2) THEN '{}' ELSE %(kept)s END::jsonb,
    1600, 1200, left(md5(id::text), 16), received_at, CASE WHEN id %% 100 <> 2 THEN received_at END, 1
FROM campaigns_entry
"""
HAND_INS = """
INSERT INTO campaigns_handin (uid, desk_id, entry_id, number, brought, pieces, why, counted_at, counted_by_id)
SELECT gen_random_uuid(), desk, id, row_number() OVER (PARTITION BY desk ORDER BY id), 6, 6, '', received_at, %(by)s
FROM (SELECT id, received_at, (%(desks)s::bigint[])[1 + id %% array_length(%(desks)s::bigint[], 1)] AS desk FROM campaigns_entry
      WHERE state IN ('handed_in', 'eligible')) rows
"""
TAKEN = """
INSERT INTO campaigns_roundentry (round_id, entry_id, taken_at)
SELECT %(round)s, id, now() FROM campaigns_entry WHERE state = 'eligible'
"""
ASSIGNED = """
INSERT INTO campaigns_assignment (round_id, juror_id, entry_id, turn, given_at, done_at)
SELECT %(round)s, juror, entry, turn, now(), CASE WHEN turn * 2 <= whole THEN now() END
FROM (SELECT entry, juror, row_number() OVER (PARTITION BY juror ORDER BY md5(entry::text || juror)) AS turn,
          count(*) OVER (PARTITION BY juror) AS whole
      FROM (SELECT entry, (%(jurors)s::bigint[])[1 + (place * %(quorum)s + k) %% array_length(%(jurors)s::bigint[], 1)] AS juror
            FROM (SELECT id AS entry, row_number() OVER (ORDER BY id) AS place FROM campaigns_entry WHERE state = 'eligible') taken,
                 generate_series(1, %(quorum)s) k) pairs) turns
"""
MARKS = """
INSERT INTO campaigns_mark (assignment_id, number, value, given_at)
SELECT id, 1, '{"making": 4, "comfort": 3}'::jsonb, done_at FROM campaigns_assignment WHERE done_at IS NOT NULL
"""
STEPS = """
INSERT INTO network_transition (subject_type, subject_id, move, from_state, to_state, at, reason, changes)
SELECT 'campaigns.entry', id, 'receive', '', 'received', received_at, '', '{}'::jsonb FROM campaigns_entry
"""


def opened() -> dict[str, Any]:
    """Make a campaign that takes entries, and return where it takes them and a municipality to live in."""
    campaign = make.campaign(slug=SLUG, photos_at_most=3)
    return {"path": f"/ar/campaigns/{campaign.slug}/enter/", "place": MunicipalityFactory().pk}


def kept() -> dict[str, int]:
    return {"entries": Entry.objects.count(), "photos": Photo.objects.filter(entry__isnull=False).count()}


def fill(number: int) -> None:
    """Make a contest whose entries are judged, half of them by now."""
    campaign = make.judged(0, slug=SLUG)
    places = [make.municipality(side) for side in SIDES]
    desks = [make.desk(campaign, SIDES[n % 3], name_en=f"Desk {n}", prefix=f"T{chr(65 + n)}") for n in range(DESKS)]
    for n in range(JURORS):
        make.juror(campaign, (*SIDES, None)[n % 4])
    round_ = make.round_of(campaign, opened=False, quorum=QUORUM)
    by = coordinator(None, email=NATIONAL)
    Round.objects.filter(pk=round_.pk).update(state="open", opened_at=timezone.now(), opened_by=by)
    for user in (by, coordinator("west", email=REGIONAL), coordinator("east", email=EAST)):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    PractitionerFactory(user__email=MEMBER)
    given = {
        "n": number, "campaign": campaign.pk, "round": round_.pk, "by": by.pk, "quorum": QUORUM,
        "kept": json.dumps({f"{edge}.{extension}": "x" for edge in photos.EDGES for extension in photos.TYPES}),
        "places": [place.pk for place in places],
        "sides": [Region.objects.get(code=side).pk for side in SIDES],
        "desks": [desk.pk for desk in desks],
        "jurors": list(Juror.objects.order_by("pk").values_list("pk", flat=True)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        for statement in (ENTRIES, PHOTOS, HAND_INS, TAKEN, ASSIGNED, MARKS, STEPS):
            cursor.execute(statement, given)
        cursor.execute("VACUUM ANALYZE")


def visit() -> None:
    """Ask for each page once for each line of the input."""
    settings.ALLOWED_HOSTS.append("testserver")
    # Two databases are asked in turn with one cache, and their ids are the same.
    cache.key_prefix = connection.settings_dict["NAME"]
    campaign, round_ = Campaign.objects.get(slug=SLUG), Round.objects.get()
    readers = {email: Client() for email in (MEMBER, NATIONAL, REGIONAL, EAST)}
    for email, client in readers.items():
        client.force_login(User.objects.get(email=email))
    east = User.objects.get(email=EAST)
    juror = Client()
    juror.force_login(Juror.objects.filter(side__isnull=False).order_by("pk")[0].practitioner.user)
    listed, progress = "/ar/admin/campaigns/entry/", f"/ar/admin/campaigns/campaign/{campaign.pk}/progress/"
    at_desk = f"/ar/admin/campaigns/round/{round_.pk}/change/"
    pages = [
        ("List of entries, national", readers[NATIONAL], listed),
        ("List of entries, of one campaign and side", readers[REGIONAL], f"{listed}?of={campaign.pk}"),
        ("What is next for a juror", juror, f"/ar/judging/{round_.pk}/"),
        ("What a juror gave", juror, f"/ar/judging/{round_.pk}/given/"),
        ("A round at the desk", readers[NATIONAL], at_desk),
        ("A round at the desk, counted anew", readers[NATIONAL], at_desk),
        ("Progress, national", readers[NATIONAL], progress),
        ("Progress, regional", readers[REGIONAL], progress),
        ("Progress, regional, counted anew", readers[EAST], progress),
        ("A campaign's page, nobody logged in", Client(), f"/ar/campaigns/{SLUG}/"),
        ("A campaign's page, a member", readers[MEMBER], f"/ar/campaigns/{SLUG}/"),
    ]
    # What is kept for a while is forgotten before these are asked for.
    anew = {
        "A round at the desk, counted anew": watched_key(round_),
        "Progress, regional, counted anew": progress_key(campaign, east),
    }
    for _line in sys.stdin:
        taken = []
        for page, client, path in pages:
            if page in anew:
                cache.delete(anew[page])
            began = perf_counter()
            answer = client.get(path)
            taken.append((page, perf_counter() - began))
            if answer.status_code != 200:
                raise RuntimeError(f"{path}: {answer.status_code}")
        print(json.dumps(taken), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        fill(int(sys.argv[2]))
    elif sys.argv[1] == "visit":
        visit()
    else:
        print(json.dumps(opened() if sys.argv[1] == "open" else kept()))
