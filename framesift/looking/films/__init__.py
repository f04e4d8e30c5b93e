"""Films of what was kept: each camera's kept frames, one after the other, with their times written in.

H.264 in MP4 by PyAV: it plays in browsers and wherever films are played.
"""

from framesift.looking.films.exporting import export_film
from framesift.looking.films.pace import Pace
from framesift.looking.films.shots import FilmPlan, plan_films
from framesift.looking.films.writing import require_av, write_film

__all__ = ["FilmPlan", "Pace", "export_film", "plan_films", "require_av", "write_film"]
