"""The shortlist of a contest: who reached the last choice."""

from campaigns import judging_selectors, outcomes
from campaigns.enums import OUT_STATES, RoundState
from campaigns.models import Decision, Entry, Round, RoundEntry
from network import codes


def now(decision: Decision) -> set[str]:
    """Return who reaches the last choice as entries stand now; who stood on the shortlist that was decided stays on it."""
    return decided(decision) | set(outcomes.sheet_now(decision)["shortlisted"])


def decided(decision: Decision) -> set[str]:
    """Return who reached the last choice: the shortlist of the round before the finalists were put in order, else of the last.

    Among the finalists is also who was taken in among them after an appeal.
    """
    rounds = Round.objects.filter(campaign=decision.campaign_id, state=RoundState.CLOSED).order_by("position")
    makes = [row for row in rounds if judging_selectors.makes_shortlist(row)]
    found: set[str] = set()
    for row in makes:
        sheet = judging_selectors.last_sheet(row)
        found |= set(sheet.sheet["shortlisted"]) if sheet else set()
        taken = RoundEntry.objects.filter(round=judging_selectors.after(row))
        found |= set(taken.values_list("entry__public_code", flat=True))
    return found


def told(decision: Decision) -> list[str]:
    """Return the public codes of the shortlist, in their order, without who takes no part any more.

    Empty where the rule chose nobody: then all who were judged reached the last choice.
    """
    rounds = Round.objects.filter(campaign=decision.campaign_id, state=RoundState.CLOSED, go_on__isnull=False)
    if not any(judging_selectors.makes_shortlist(row) for row in rounds):
        return []
    rows = Entry.objects.filter(campaign=decision.campaign_id, public_code__in=decided(decision))
    return [
        codes.spelled(code) for code in sorted(rows.exclude(state__in=OUT_STATES).values_list("public_code", flat=True))
    ]
