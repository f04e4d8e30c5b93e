"""The source that the settings of a run ask for."""

from framesift.errors import PathLike
from framesift.filtering.settings import Settings
from framesift.filtering.sources import Source


def open_source(directory: PathLike, settings: Settings) -> Source:
    """Return a source of the pictures of a folder; with `every`, of the frames of its films too."""
    if settings.every is None:
        return Source(directory, settings)
    from framesift.filtering.films import Films  # whoever has pictures only need not wait for what reads films

    return Films(directory, settings)
