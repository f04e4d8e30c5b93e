"""At most so many frames: the lowest threshold that keeps no more is found in one walk, with all thresholds at once."""

from framesift.filtering.budgets.budget import Allotment, Budget, Ledger, Part
from framesift.filtering.budgets.deciding import Allotting
from framesift.filtering.budgets.placing import Placing

__all__ = ["Allotment", "Allotting", "Budget", "Ledger", "Part", "Placing"]
