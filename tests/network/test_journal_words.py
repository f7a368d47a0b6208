"""The journal keeps codes; whoever reads it reads words, in their own language."""

import pytest
from django.apps import apps
from django.utils.translation import override

from dialogues.enums import SessionMove, SessionState
from network.enums import CommonMove, MemberMove
from network.models import Transition
from network.models.journal import move_in_words
from notifications import outbox

LANGUAGES = ["ar", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_is_told_in_words(language):
    step = Transition(
        subject_type="dialogues.session",
        move="cancel",
        from_state="published",
        to_state="cancelled",
        changes={"fields": ["starts_at", "floors"]},
    )
    with override(language):
        assert step.told_move == SessionMove.CANCEL.label
        assert (step.told_from, step.told_to) == (SessionState.PUBLISHED.label, SessionState.CANCELLED.label)
        starts_at, floors = step.told_fields
    # What is no field of the thing keeps its code.
    assert (starts_at != "starts_at", floors) == (True, "floors")


def test_what_has_no_words_is_told_by_its_code():
    step = Transition(subject_type="gone.thing", move="vanish", from_state="here", to_state="there")
    assert (step.told_subject, step.told_move, step.told_from, step.told_to) == (
        "gone.thing",
        "vanish",
        "here",
        "there",
    )
    assert Transition(subject_type="not a model").told_subject == "not a model"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_move_has_words_of_its_own_before_the_common_ones(language):
    models = [model for model in apps.get_models() if hasattr(model, "moves")]
    assert len(models) >= 8
    with override(language):
        for model in models:
            for move in model.moves:
                assert move_in_words(move.value, model) == str(move.label)
        assert move_in_words("edit", None) == str(CommonMove.EDIT.label)
        assert move_in_words("verify", apps.get_model("network.practitioner")) == str(MemberMove.VERIFY.label)


def test_every_kind_of_notice_has_a_name_for_the_desk():
    assert [kind.code for kind in outbox.all_kinds() if not kind.words] == []
    assert outbox.in_words("no-such-kind") == "no-such-kind"
