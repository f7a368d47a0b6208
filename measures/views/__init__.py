from measures.views.opening import open_vote
from measures.views.outcome import measure_outcome, objection, withdraw
from measures.views.reading import detail
from measures.views.voting import receipt, vote

__all__ = ["detail", "measure_outcome", "objection", "open_vote", "receipt", "vote", "withdraw"]
