from measures.forms.drafting import MeasureForm as MeasureForm
from measures.forms.reading import (
    CommentForm as CommentForm,
    CompareForm as CompareForm,
    LeaningForm as LeaningForm,
    SearchForm as SearchForm,
)
