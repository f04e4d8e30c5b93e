"""Labels of kept frames for the dropped ones that show the same, and the page on which doubtful ones are checked."""

from framesift.looking.labelling.carrying import Carried, carry_labels

__all__ = ["Carried", "carry_labels"]
