from measures.views.authors import author_answer as author_answer, author_stop as author_stop, authors as authors
from measures.views.comments import answer as answer, comment as comment, leaning as leaning, resolve as resolve
from measures.views.drafting import edit as edit, new as new, submit as submit, take_back as take_back
from measures.views.parity import compare as compare
from measures.views.reading import (
    detail as detail,
    difference as difference,
    drafts as drafts,
    versions as versions,
)
