from dialogues.forms.cases import CaseForm, SubmitForm, TranslationForm, placed, question

__all__ = ["CaseForm", "SubmitForm", "TranslationForm", "placed", "question"]
