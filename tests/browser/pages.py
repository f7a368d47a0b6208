"""Every page that a person can look at in the demo, by who looks: what axe and the screenshots walk over."""

from django.utils import timezone

from dialogues import outreach, policies, tokens
from dialogues.enums import SessionState
from dialogues.management.demo.series import STOCK
from dialogues.models import Broadcast, CaseStudy, Presence, Registration, Session, Site
from dialogues.services import codes
from measures.models import Action, Author, Measure
from network.enums import MemberState, Role
from network.models import Practitioner, RoleGrant, User
from notifications.outbox import Message
from tests.browser.campaign_pages import campaign_pages, media_pages
from tests.browser.facility_pages import assessors, facility_pages
from tests.browser.page import ANONYMOUS, Page


def actors() -> dict[str, User]:
    """Return one demo account for each kind of person."""

    def of(state: str) -> User:
        return Practitioner.objects.filter(state=state, region__isnull=False).order_by("pk").first().user

    def holding(role: str) -> User:
        return RoleGrant.objects.filter(role=role).order_by("pk").first().user

    in_force = RoleGrant.objects.in_force(timezone.localdate())
    seated = Practitioner.objects.filter(registrations__state="confirmed", registrations__session__state="published")
    recently = timezone.now() - policies.FEEDBACK_LASTS
    present = Practitioner.objects.filter(
        registrations__state="attended", registrations__session__starts_at__gt=recently
    ).order_by("pk")
    return {
        "member": seated.exclude(user__role_grants__isnull=False).order_by("pk").first().user,
        "waiting": Practitioner.objects.filter(registrations__state="waiting").order_by("pk").first().user,
        "asked": next(person for person in present if outreach.feedback_asked(person)).user,
        "applicant": of(MemberState.APPLIED),
        "declined": of(MemberState.DECLINED),
        "regional": holding(Role.REGIONAL_COORDINATOR),
        "coordinator": in_force.get(role=Role.REGIONAL_COORDINATOR, region__code="west").user,
        "national": holding(Role.NATIONAL_COORDINATOR),
        "auditor": holding(Role.AUDITOR),
        "writer": CaseStudy.objects.filter(state="draft").order_by("pk").first().author.user,
        "reviewer": in_force.get(
            role=Role.REGIONAL_COORDINATOR, region=CaseStudy.objects.get(state="submitted").author.region
        ).user,
        "host": Site.objects.filter(session__state=SessionState.HELD, kind="room")
        .order_by("pk")
        .first()
        .local_host.user,
        "guest": _expected(kind="room", state="confirmed", site__local_host__isnull=False).practitioner.user,
        "author": _lead(Measure.objects.get(state="review")),
        "objector": Practitioner.objects.get(user__email="member1.south@demo.jisr.invalid").user,
        "reader": Practitioner.objects.get(user__email="member5.east@demo.jisr.invalid").user,
        "owner": Action.objects.get(state="claimed").second_owner.user,
        "opener": RoleGrant.objects.filter(role=Role.NATIONAL_COORDINATOR).order_by("pk").last().user,
        "collector": Practitioner.objects.get(user__email="member4.west@demo.jisr.invalid").user,
        "worker": Practitioner.objects.get(user__email="member6.west@demo.jisr.invalid").user,
        "juror": Practitioner.objects.get(user__email="member2.west@demo.jisr.invalid").user,
        "keeper": Practitioner.objects.get(user__email="member1.west@demo.jisr.invalid").user,
        **assessors(),
        "online": Presence.objects.order_by("pk").first().registration.practitioner.user,
    }


def _lead(measure: Measure) -> User:
    return Author.objects.get(measure=measure, lead=True).practitioner.user


def measure_pages() -> list[Page]:
    """Return the pages of the demo's measures, one in each state."""
    slugs = {measure.state: f"measures/{measure.slug}/" for measure in Measure.objects.all()}
    adopted = Measure.objects.get(state="adopted")
    actions = {action.state: action for action in adopted.actions.all()}
    confirm = f"{slugs['adopted']}actions/{actions['claimed'].pk}/"
    start = f"{slugs['adopted']}actions/{actions['in_progress'].pk}/"
    admin = "admin/measures"
    return [
        Page("measures", ANONYMOUS, "measures/", main=True),
        Page("measure", ANONYMOUS, slugs["adopted"], main=True),
        Page("measure-print", ANONYMOUS, f"{slugs['adopted']}print/", main=True),
        Page("measure-superseded", ANONYMOUS, slugs["superseded"]),
        Page("measures-accountability", ANONYMOUS, "measures/accountability/", main=True),
        Page("measures-drafts", "owner", "measures/drafts/", main=True),
        Page("measures-mine", "owner", "measures/mine/", main=True),
        Page("measures-following", "owner", "measures/following/", main=True),
        Page("measure-new", "owner", "measures/new/", main=True),
        Page("measure-review", "owner", slugs["review"], main=True),
        Page("measure-edit", "author", f"{slugs['review']}edit/", main=True),
        Page("measure-versions", "author", f"{slugs['review']}versions/"),
        Page("measure-authors", "author", f"{slugs['review']}authors/", main=True),
        Page("measure-compare", "reader", f"{slugs['review']}compare/", main=True),
        Page("measure-open", "opener", f"{slugs['parity']}open/", main=True),
        Page("measure-vote", "owner", f"{slugs['open']}vote/", main=True),
        Page("measure-voting", "owner", slugs["open"], main=True),
        Page("measure-outcome", "owner", f"{slugs['adopted']}outcome/", main=True),
        Page("measure-outcome-not", "owner", f"{slugs['not_adopted']}outcome/"),
        Page("measure-mediation", "owner", slugs["mediation"], main=True),
        Page("measure-objection", "objector", f"{slugs['mediation']}objection/", main=True),
        Page("measure-withdraw", "author", f"{slugs['review']}withdraw/"),
        Page("measure-receipt", "owner", f"{slugs['adopted']}receipt/"),
        Page("measure-action-confirm", "owner", confirm, main=True),
        Page("measure-action-own", "owner", start, main=True),
        Page("measure-action-confirmed", "owner", f"{slugs['adopted']}actions/{actions['confirmed'].pk}/"),
        Page("admin-measures", "regional", f"{admin}/measure/", main=True),
        Page("admin-measure", "regional", f"{admin}/measure/{adopted.pk}/change/", main=True),
        Page("admin-actions", "national", f"{admin}/action/", main=True),
        Page("admin-action", "national", f"{admin}/action/{actions['in_progress'].pk}/change/", main=True),
    ]


def _expected(*, kind: str, **fields: str | bool) -> Registration:
    """Return somebody who is expected in the session that goes on now."""
    rows = Registration.objects.filter(session__state=SessionState.HELD, site__kind=kind, **fields)
    return rows.exclude(practitioner__user__role_grants__isnull=False).order_by("pk").last()


def pages(people: dict[str, User]) -> list[Page]:
    """Return all pages; needs the demo."""
    member, regional = (people[name].practitioner for name in ("member", "regional"))
    seat = member.registrations.filter(state="confirmed", session__state="published").order_by("pk").first()
    waiting = people["waiting"].practitioner.registrations.filter(state="waiting").order_by("pk").first().session
    public = Session.objects.public().filter(state=SessionState.PUBLISHED).order_by("starts_at", "pk").first()
    own = Session.objects.filter(host_region=regional.region, state=SessionState.PUBLISHED).order_by("pk").first()
    joint = Session.objects.filter(host_region=None, state=SessionState.PUBLISHED).order_by("pk").first()
    shared = Session.objects.filter(sites__floors__isnull=False).order_by("pk").first()
    offered = Registration.objects.filter(state="offered").order_by("pk").first()
    closed = Session.objects.filter(state=SessionState.CLOSED).order_by("pk").first()
    papers = Session.objects.filter(state=SessionState.CLOSED, host_region=None).order_by("pk").first()
    timed = Session.objects.public().filter(agenda_items__isnull=False, chatham_house=False).order_by("pk").first()
    certified = member.registrations.filter(certificate__isnull=False).order_by("pk").first()
    draft = Session.objects.filter(state=SessionState.DRAFT).order_by("pk").first()
    repeated = Session.objects.filter(series__isnull=False, state=SessionState.PUBLISHED).order_by("pk").first()
    single = Session.objects.get(title_en=STOCK.title_en)
    applied = Practitioner.objects.filter(region=regional.region, state=MemberState.APPLIED).order_by("pk").first()
    grant = RoleGrant.objects.order_by("pk").first()
    message = Message.objects.filter(recipient_id=member.user_id).order_by("pk").first()
    told = Session.objects.filter(feedback_answers__released=True, host_region=None).order_by("starts_at", "pk").first()
    one_side = Session.objects.filter(feedback_answers__released=True, host_region__isnull=False).order_by("pk").first()
    broadcast = Broadcast.objects.order_by("pk").first()
    asked = outreach.feedback_asked(people["asked"].practitioner)[0]
    running = Session.objects.get(state=SessionState.HELD)
    door = running.sites.get(local_host=people["host"].practitioner)
    expected = door.registrations.filter(state="confirmed").order_by("pk").first()
    invitation = running.walk_ins.exclude(invitation="").get().invitation
    written = Session.objects.filter(minutes__state="published", minutes__audience="everybody").order_by("pk").first()
    named = Session.objects.filter(minutes__state="draft").order_by("pk").first()
    corrected = Session.objects.filter(minutes__state="published", host_region__code="south").order_by("pk").first()
    case = CaseStudy.objects.filter(state="published").order_by("pk").first()
    drafted = CaseStudy.objects.filter(author__user=people["writer"], state="draft").first()
    submitted = CaseStudy.objects.get(state="submitted")
    admin = "admin/dialogues/session"
    return [
        Page("home", ANONYMOUS, "", main=True),
        Page("join", ANONYMOUS, "join/", main=True),
        Page("conduct", ANONYMOUS, "conduct/"),
        Page("sessions", ANONYMOUS, "sessions/", main=True),
        Page("sessions-month", ANONYMOUS, "sessions/?view=month", main=True),
        Page("sessions-past", ANONYMOUS, "sessions/?view=past"),
        Page("session", ANONYMOUS, f"sessions/{public.slug}/", main=True),
        Page("session-minutes", ANONYMOUS, f"sessions/{written.slug}/minutes/", main=True),
        Page("held", ANONYMOUS, "sessions/held/", main=True),
        Page("cases", ANONYMOUS, "cases/", main=True),
        Page("case", ANONYMOUS, f"cases/{case.slug}/", main=True),
        Page("cases-none", ANONYMOUS, "cases/?q=zzzzz"),
        Page("measure-drafts", "member", "measures/drafts/"),
        Page("measure-new", "member", "measures/new/"),
        Page("case-new", "member", "cases/new/", main=True),
        Page("cases-mine", "writer", "cases/mine/", main=True),
        Page("case-draft", "writer", f"cases/{drafted.slug}/", main=True),
        Page("case-edit", "writer", f"cases/{drafted.slug}/edit/"),
        Page("case-submit", "writer", f"cases/{drafted.slug}/submit/", main=True),
        Page("admin-cases", "regional", "admin/dialogues/casestudy/", main=True),
        Page("admin-case", "reviewer", f"admin/dialogues/casestudy/{submitted.pk}/change/", main=True),
        Page("login", ANONYMOUS, "accounts/login/", main=True),
        Page("signup", ANONYMOUS, "accounts/signup/", main=True),
        Page("password-reset", ANONYMOUS, "accounts/password/reset/"),
        Page("not-found", ANONYMOUS, "sessions/no-such-session/", main=True, status=404),
        Page("offer", ANONYMOUS, f"o/{tokens.of_offer(offered)}/", main=True),
        Page("session-seats", "member", f"sessions/{shared.slug}/seats/", main=True),
        Page("session-seats-waiting", "waiting", f"sessions/{waiting.slug}/seats/"),
        Page("me", "member", "me/", main=True),
        Page("me-waiting", "waiting", "me/", main=True),
        Page("me-applicant", "applicant", "me/", main=True),
        Page("me-declined", "declined", "me/"),
        Page("me-profile", "member", "me/profile/", main=True),
        Page("me-profile-again", "declined", "me/profile/"),
        Page("me-calendar", "member", "me/calendar/", main=True),
        Page("me-notifications", "member", "me/notifications/", main=True),
        Page("me-privacy", "member", "me/privacy/", main=True),
        Page("people", "member", "people/", main=True),
        Page("people-none", "member", "people/?q=zzzzz"),
        Page("sessions-member", "member", "sessions/", main=True),
        Page("session-seated", "member", f"sessions/{seat.session.slug}/", main=True),
        Page("session-withdraw", "member", f"sessions/{seat.session.slug}/withdraw/"),
        Page("session-waiting", "waiting", f"sessions/{waiting.slug}/", main=True),
        Page("pass", "guest", f"sessions/{running.slug}/pass/", main=True),
        Page("session-running", "guest", f"sessions/{running.slug}/"),
        Page("door", "host", f"sessions/{running.slug}/door/", main=True),
        Page("door-none", "host", f"sessions/{running.slug}/door/?q=zzzzz"),
        Page("door-sheet", "host", f"sessions/{running.slug}/door/sheet/", main=True),
        Page("checkin", "host", f"checkin/{codes.pass_token(expected)}/", main=True),
        Page("online", "online", f"sessions/{running.slug}/online/", main=True),
        Page("invitation-code", ANONYMOUS, "i/?code=123", main=True),
        Page("invitation", ANONYMOUS, f"i/{invitation}/"),
        Page("admin-attendance-running", "regional", f"{admin}/{running.pk}/attendance/", main=True),
        Page("logout", "member", "accounts/logout/"),
        Page("email", "member", "accounts/email/"),
        Page("phone", "member", "accounts/phone/change/"),
        Page("password", "member", "accounts/password/change/"),
        Page("second-factor", "regional", "accounts/2fa/", main=True),
        Page("open-sessions", "member", "accounts/sessions/"),
        Page("desk-regional", "regional", "admin/", main=True),
        Page("desk-national", "national", "admin/", main=True),
        Page("desk-auditor", "auditor", "admin/"),
        Page("admin-members", "regional", "admin/network/practitioner/", main=True),
        Page("admin-member", "regional", f"admin/network/practitioner/{applied.pk}/change/", main=True),
        Page("admin-member-history", "regional", f"admin/network/practitioner/{member.pk}/history/", status=404)
        if member.region_id != regional.region_id
        else Page("admin-member-history", "regional", f"admin/network/practitioner/{member.pk}/history/"),
        Page("admin-sessions", "regional", f"{admin}/", main=True),
        Page("admin-session", "regional", f"{admin}/{own.pk}/change/", main=True),
        Page("admin-session-joint", "regional", f"{admin}/{joint.pk}/change/"),
        Page("admin-session-add", "regional", f"{admin}/add/", main=True),
        Page("admin-draft", "national" if draft.host_region is None else "auditor", f"{admin}/{draft.pk}/change/"),
        Page("admin-month", "regional", f"{admin}/month/?month={repeated.starts_at:%Y-%m}", main=True),
        Page("admin-month-national", "national", f"{admin}/month/"),
        Page("admin-repeat", "coordinator", f"{admin}/{single.pk}/series/plan/?rule=weekly&count=16", main=True),
        Page("admin-series", "coordinator", f"{admin}/{repeated.pk}/series/", main=True),
        Page("admin-session-in-series", "coordinator", f"{admin}/{repeated.pk}/change/"),
        Page("admin-follow-up", "coordinator", f"{admin}/{single.pk}/follow-up/"),
        Page("admin-clash", "coordinator", f"{admin}/{single.pk}/change/"),
        Page("admin-holidays", "national", "admin/network/specialperiod/"),
        Page("session-of-series", "member", f"sessions/{repeated.slug}/"),
        Page("admin-people", "national", f"{admin}/{joint.pk}/people/", main=True),
        Page("admin-balance", "national", f"{admin}/{shared.pk}/balance/", main=True),
        Page("admin-attendance", "national", f"{admin}/{closed.pk}/attendance/", main=True),
        Page("certificate-check", ANONYMOUS, "certificates/", main=True),
        Page("certificate-none", ANONYMOUS, "certificates/?code=0123-4567-89AB"),
        Page("session-agenda", "member", f"sessions/{timed.slug}/", main=True),
        Page("session-certified", "member", f"sessions/{certified.session.slug}/"),
        Page("admin-materials", "national", f"{admin}/{papers.pk}/materials/", main=True),
        Page("admin-certificates", "national", f"{admin}/{papers.pk}/certificates/", main=True),
        Page("admin-agenda", "national", f"{admin}/{papers.pk}/change/", main=True),
        Page("admin-sheet", "national", f"{admin}/{closed.pk}/sheet/", main=True),
        Page("admin-feedback", "national", f"{admin}/{told.pk}/feedback/", main=True),
        Page("admin-feedback-side", "auditor", f"{admin}/{one_side.pk}/feedback/", main=True),
        Page("admin-messages", "national", f"{admin}/{broadcast.session_id}/messages/", main=True),
        Page("admin-message", "national", f"{admin}/{broadcast.session_id}/messages/{broadcast.pk}/", main=True),
        Page("session-feedback", "asked", f"sessions/{asked.slug}/feedback/", main=True),
        Page("me-asked", "asked", "me/"),
        Page("admin-history", "national", f"{admin}/{closed.pk}/history/"),
        Page("admin-minutes", "national", f"{admin}/{named.pk}/minutes/", main=True),
        Page("admin-minutes-look", "national", f"{admin}/{named.pk}/minutes/publish/", main=True),
        Page("admin-minutes-revisions", "national", f"{admin}/{written.pk}/minutes/revisions/", main=True),
        Page("admin-minutes-publish", "national", f"{admin}/{written.pk}/minutes/publish/"),
        Page("admin-minutes-read", "auditor", f"{admin}/{corrected.pk}/minutes/"),
        Page("admin-roles", "national", "admin/network/rolegrant/", main=True),
        Page("admin-role-add", "national", "admin/network/rolegrant/add/"),
        Page("admin-role", "national", f"admin/network/rolegrant/{grant.pk}/change/"),
        Page("admin-notices", "national", "admin/notifications/message/", main=True),
        Page("admin-notice", "national", f"admin/notifications/message/{message.pk}/change/"),
        Page("admin-municipalities", "national", "admin/network/municipality/"),
        Page("admin-journal", "auditor", "admin/network/transition/"),
        *measure_pages(),
        *media_pages(),
        *campaign_pages(),
        *facility_pages(),
        Page("admin-not-found", "regional", "admin/network/rolegrant/", status=404),
    ]
