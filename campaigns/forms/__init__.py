from campaigns.forms.entries import CodeForm, CorrectForm, EnterForm, LookupForm, ResumeForm

__all__ = ["CodeForm", "CorrectForm", "EnterForm", "LookupForm", "ResumeForm"]
