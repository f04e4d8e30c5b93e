"""What happened when: kept frames in groups, and the moments at which one part of the picture changed.

An event is a stretch in which something comes, goes or moves, between two calms. It begins with the first kept frame
that differs from the calm before, and ends with the first frame of the calm after, from which on nothing new is seen
for longer than the gap. A car that parks is one event, that it stands there is none, and that it leaves is another one.
What the light alone has changed is none.
"""

from framesift.looking.events.event import Event
from framesift.looking.events.finding import find_events, find_events_in
from framesift.looking.events.gap import parse_duration
from framesift.looking.events.moments import CameraMoments
from framesift.looking.events.region import RegionChange, find_region_changes, parse_region
from framesift.looking.events.table import COLUMNS, as_json, as_row

__all__ = [
    "COLUMNS",
    "CameraMoments",
    "Event",
    "RegionChange",
    "as_json",
    "as_row",
    "find_events",
    "find_events_in",
    "find_region_changes",
    "parse_duration",
    "parse_region",
]
