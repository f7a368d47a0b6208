"""Who may read what: the rule against which every answer is held, written apart from the code that it judges."""

from dataclasses import dataclass
from typing import Any

from network.models import User
from tests.security import facilities_planned, needs_planned, outreach_planned, upkeep_planned
from tests.security.canaries import Canary
from tests.security.sides import ABROAD, JOINT, SIDES
from tests.security.world import World

ANONYMOUS, MEMBER, REGIONAL, NATIONAL, AUDITOR, HOST = (
    "anonymous", "member", "regional", "national", "auditor", "host",
)  # fmt: skip
STAFF = (REGIONAL, NATIONAL, AUDITOR)
TWO_SIDES = SIDES[:2]

# What no page shows to anybody: credentials, words of notices, the log of the admin.
NEVER_SHOWN = {
    "network.user.password",
    "mfa.authenticator.data",
    "sessions.session.session_key",
    "usersessions.usersession.session_key",
    "dialogues.calendarfeed.token_sha256",
    "notifications.message.context",
    "notifications.message.dedup_key",
    "notifications.message.address",
    "admin.logentry.object_repr",
    "admin.logentry.change_message",
    "dialogues.material.stored",
    "measures.measure.search",
    "measures.votekey.secret",
    # Who cast a ballot and what proves it; the reason of an objection while the vote runs, as it does in the world.
    *(f"measures.ballot.{name}" for name in ("voter", "receipt", "digest", "reason")),
    "measures.evidence.stored",
    "campaigns.award.stored",
    "campaigns.entry.folded",
    "campaigns.contactproof.code_hash",
    "campaigns.unfinished.code_hash",
    "campaigns.unfinished.typed",
    "campaigns.appearance.search",
    # What everything is drawn from, and what a round came to, before the results.
    *(f"campaigns.{name}" for name in ("lot.seed", "lot.secret", "resultsheet.sheet", "resultsheet.sha256")),
}
# The rounds of all sides are judged by this member of each, who reads the answers to be judged and no other word of an entry.
JUROR = ":member"
NAMES = {f"network.practitioner.{name}" for name in ("name_ar", "name_latin", "search", "folded_ar", "folded_latin")}
ADDRESSES = {"dialogues.site.address_ar", "dialogues.site.address_en"}
COUNTED = {"campaigns.entry.name", "campaigns.entry.code"}
ENTERED = {"campaigns.activity.place", "campaigns.activity.group", "campaigns.handout.what"}
REASON, THREAD = "network.transition.reason", (":asset", ":need")
# At whose door somebody of no side is expected, besides people of the host's own side.
GUEST = "abroad:seated"
# A file for those with a seat, which none of these members has.
FILES = {"dialogues.material.filename", "dialogues.material.file"}
LICENCE, JOIN_LINK = "network.practitioner.licence_number", "dialogues.session.join_link"
SESSION_TEXTS = {
    f"dialogues.{name}"
    for name in (
        "session.slug", "session.title_ar", "session.title_en", "session.summary_ar", "session.summary_en",
        "session.agenda_ar", "session.agenda_en", "site.name_ar", "site.name_en", "agendaitem.title_ar", "agendaitem.title_en",
        "agendaitem.note_ar", "agendaitem.note_en", "agendaitem.guest", "material.title_ar", "material.title_en", "material.link",
    )
}  # fmt: skip

# Drafts of minutes and notes are for those who run the session; published minutes for their readers.
MINUTES_TEXTS = {
    f"dialogues.{name}"
    for name in ("minutesrevision.text_ar", "minutesrevision.text_en", "decision.text_ar", "decision.text_en")
}
NOTES = {"dialogues.statement.text"}


CASE_TEXTS = {"dialogues.casestudy.slug"} | {
    f"dialogues.casestudy.{name}_{code}"
    for name in ("title", "setting", "done", "result", "lesson")
    for code in ("ar", "en")
}


# What everybody reads of a measure that was adopted for everybody, and of what is done about it; all else is for members.
PUBLIC_OF_MEASURES = {"measures.measure.slug", "measures.voteclosing.head", "measures.voteclosing.seal"} | {
    f"measures.{name}_{code}"
    for name in ("version.title", "version.text", "version.reasons", "version.hash", "action.title", "action.wanted")
    for code in ("ar", "en")
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at the door: a role, the side, the name of their own person in the world, and whether they are an active member."""

    name: str
    role: str
    side: str
    person: str = ""
    active: bool = True

    def user(self, world: World) -> User | None:
        return world.people[self.person].user if self.person else None


ACTORS = [
    Actor("anonymous", ANONYMOUS, "west", active=False),
    *(Actor(f"member {side}", MEMBER, side, f"{side}:member") for side in SIDES),
    Actor("member abroad", MEMBER, ABROAD, "abroad:member"),
    Actor("applicant", MEMBER, "west", "west:applied", active=False),
    Actor("suspended coordinator", MEMBER, "west", "west:suspended", active=False),
    # Leads and has a seat in the sessions of their side, and keeps a door of the joint ones.
    Actor("host", HOST, "south", "south:leader"),
    *(Actor(f"regional {side}", REGIONAL, side, f"{side}:coordinator") for side in SIDES),
    Actor("national", NATIONAL, "west", "west:national"),
    Actor("auditor", AUDITOR, "east", "east:auditor"),
]


# Leads the measure in review, and has asked a member of each side to write it too.
ASKS_TO_WRITE = "west:leader"


def may_see(actor: Actor, canary: Canary) -> bool:
    """Tell whether an answer to this actor may hold this word."""
    if canary.thing.endswith(":results-campaign") and canary.field == "campaigns.lot.seed":
        # It is told with the results, for everybody to count again.
        return True
    if canary.field in NEVER_SHOWN:
        return False
    if canary.thing == actor.person:
        return True
    if canary.field.startswith("network.job."):
        # Long work is of whoever asked for it, and of nobody else who reads all.
        return actor.role == REGIONAL and canary.owner == actor.side
    if part := _of_facilities(canary):
        return part.may_see(actor, canary, staff=actor.role == REGIONAL, reads_all=actor.role in (NATIONAL, AUDITOR))
    if canary.thing == upkeep_planned.SPEAKS and canary.field in NAMES:
        # They have agreed that everybody reads their name beside their local-region.
        return True
    if canary.field.startswith("measures."):
        return _may_read_of_measures(actor, canary)
    if canary.thing.endswith((":open-campaign", ":results-campaign")) and canary.field.startswith("campaigns."):
        return True
    if canary.field == "campaigns.mark.value":
        # Theirs alone, in the copy of their data.
        return False
    if actor.active and actor.person.endswith(JUROR) and _may_read_as_juror(actor, canary):
        return True
    if actor.role == HOST and canary.field in COUNTED and canary.owner == actor.side:
        # What was handed in at the desk at which they collect: a name and a code, nothing else of it.
        return True
    if actor.role == HOST and canary.field == REASON and canary.thing.endswith(THREAD) and canary.owner == actor.side:
        # What happened with a piece of equipment of the facility that they keep.
        return True
    if actor.role == HOST and canary.field in ENTERED and canary.owner == actor.side:
        # What they entered themselves.
        return True
    if canary.field.startswith(("campaigns.outlet.", "campaigns.appearance.", "campaigns.speaker.")):
        # The media log: the desk of every side reads it all, everybody what is published.
        return actor.role in STAFF or canary.thing == "joint:published-appearance"
    if actor.role == HOST and _may_see_as_host(actor, canary):
        return True
    if canary.thing.endswith(":draft-case") and canary.field.startswith("dialogues."):
        return False
    if canary.thing.endswith(":published-case") and canary.field in CASE_TEXTS:
        return True
    if canary.field == LICENCE:
        return _verifies(actor, canary.owner)
    if canary.field == JOIN_LINK:
        return (actor.role == REGIONAL and canary.owner == actor.side) or (
            actor.role == NATIONAL and canary.owner == JOINT
        )
    if actor.role in (NATIONAL, AUDITOR):
        return True
    if canary.field in MINUTES_TEXTS | NOTES:
        return _reads_minutes(actor, canary)
    if canary.field in FILES:
        return actor.role == REGIONAL and canary.owner == actor.side
    if actor.role == REGIONAL:
        return canary.owner == actor.side or _of_a_known_joint_session(actor, canary)
    return actor.active and _may_see_as_member(actor, canary)


def _of_facilities(canary: Canary) -> Any:
    """Return what knows who reads a word of a facility, of outreach or of a need; None for a word of anything else."""
    if canary.field.startswith("needs.") or canary.thing.startswith((needs_planned.PROPOSAL, needs_planned.GIVEN)):
        return needs_planned
    if canary.field.startswith("outreach."):
        return outreach_planned
    if canary.field.startswith(upkeep_planned.OF):
        return upkeep_planned
    return facilities_planned if canary.field.startswith("facilities.") else None


def _may_read_as_juror(actor: Actor, canary: Canary) -> bool:
    if actor.side not in SIDES:
        return False
    if canary.field == "campaigns.entry.answers":
        return canary.owner != actor.side
    return canary.thing == f"{JOINT}:open-round" and canary.field.startswith(
        ("campaigns.round.", "campaigns.criterion.")
    )


def _may_read_of_measures(actor: Actor, canary: Canary) -> bool:
    """A draft is its author's alone; all members read the rest alike, whatever their side; everybody what was adopted for everybody."""
    if canary.thing.endswith(":draft-measure"):
        return actor.role == HOST and canary.owner == actor.side
    if actor.active:
        return True
    public = canary.thing.startswith(("joint:adopted-", "joint:action-"))
    return public and canary.field in {*PUBLIC_OF_MEASURES, "measures.action.place"}


def _reads_minutes(actor: Actor, canary: Canary) -> bool:
    if actor.role == REGIONAL:
        return canary.owner == actor.side
    published = canary.field in MINUTES_TEXTS and canary.thing.endswith(":closed:minutes")
    return actor.active and published and canary.owner == actor.side


def _verifies(actor: Actor, owner: str) -> bool:
    return (actor.role == REGIONAL and owner == actor.side) or (actor.role == NATIONAL and owner == ABROAD)


def _of_a_known_joint_session(actor: Actor, canary: Canary) -> bool:
    if canary.owner != JOINT or canary.thing.endswith(":draft"):
        return False
    return actor.side in TWO_SIDES or not canary.thing.endswith(":two")


def _may_see_as_host(actor: Actor, canary: Canary) -> bool:
    """Whoever is expected at their door by name, what leading and having a seat in their own sessions opens, and cases of their own."""
    if canary.thing == GUEST:
        return canary.field in NAMES
    if canary.thing in {f"{actor.side}:draft-case", f"{actor.side}:published-case"}:
        return canary.field.startswith("dialogues.case")
    if canary.field == "dialogues.certificate.code":
        return canary.owner == actor.side
    mine = canary.owner == actor.side or _of_a_known_joint_session(actor, canary)
    opened = {JOIN_LINK, *ADDRESSES, *FILES, *MINUTES_TEXTS, *NOTES}
    return mine and canary.field in opened and not canary.thing.endswith(":draft")


def _may_see_as_member(actor: Actor, canary: Canary) -> bool:
    # Who finds them in the directory, and whoever was asked to write a measure by them.
    if canary.thing == f"{actor.side}:found" or (canary.thing == ASKS_TO_WRITE and actor.side != ABROAD):
        return canary.field in NAMES
    if canary.field not in SESSION_TEXTS or canary.thing.endswith(":draft"):
        return False
    return canary.owner == actor.side or _of_a_known_joint_session(actor, canary)
