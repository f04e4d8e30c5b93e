"""Which words beside a time name a camera, and which tell what happened, what the file is, or which picture it is."""

import re
from functools import lru_cache

from framesift import compile_on_use

_GENERIC = re.compile(
    r"""(?:img|image|dsc|dscf|dscn|pic|pict|picture|photo|foto|frame|still|snap|snapshot|screenshot)
    (?:[-_.\ ]*\d+)?(?:(?<=\d{4})_S)?
    |pxl|mvimg|vid|video|capture|grab|cam|camera|webcam|ipcam|ipcamera|screen\ ?shot(?:\ from)?|whatsapp\ image|wp
    """,
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""What cameras and programs put before a time without naming a camera; `IMG_0012` is one too, `webcam2` is none."""

_EVENT = r"""(?:[a-z]{1,3}|motion|human|sound|audio|face|network)?alarms?|m?md|sd|motion|motion[-_\ ]?detect(?:ion|ed)?
    |detect(?:ion|ed)?|tripwire|intrusion|line[-_\ ]?crossing|(?:line|field)detection|vmd|vca|pir|tamper(?:ing)?|trg
    |(?:region|area|face|vehicle|object|scene[-_\ ]?change)[-_\ ]?(?:detection|entrance|entering|exiting|leaving)
    |trig|trigger(?:ed)?|events?|evt?|alerts?|schedule|scheduled|sched|timer|timing|timed|time[-_\ ]?lapse|interval
    |period|periodic|continuous|manual|snaps?|snapsho(?:r?t|ts)|captured?|captures|rec|records?|recordings?|clips?"""
_LABEL = r"""persons?|people|human|vehicle|car|animal|pet|dog|cat|bird|package|face|visitor|unknown|audio|sound|start
    |end|pre|post|best|thumb|thumbnail|preview|small|large|full|orig|original|raw|hdr|mp|night|day|ir|copy|edited
    |annotated|clean|burst\d*|cover|portrait|pano|panorama|bokeh|enhanced|shot|still|regular|normal|am|pm|utc|gmt|img|image|pic|picture|photo|frame|seq|jpg|tmp"""
_CHUNK = r"""pics?|pictures?|images?|img|photos?|videos?|frames?|files?|seq|sequence|chunk|part|batch|page|burst"""
_FLAGS = re.ASCII | re.IGNORECASE | re.VERBOSE

EVENT = compile_on_use(_EVENT, _FLAGS)
"""Why a picture was taken. Before a time it names no camera."""
_REMARK = compile_on_use(f"{_EVENT}|{_LABEL}", _FLAGS)
"""What stands behind a time without naming a camera: also what is seen, and what was done to the picture."""
_COUNTED = compile_on_use(rf"jpe?gs?|png|dav|mp4|(?:{_EVENT})[-_.#\ ]*\d*|(?:{_CHUNK})[-_.#\ ]*\d+", _FLAGS)
"""A folder of events or of some of the pictures."""

_DIGITS = "0123456789"
_SEPARATORS = " -_.,@#+;~()[]{}"
_TOKEN = re.compile(r"[^-_.,@#+;~\ ()\[\]{}]+")
_EVENT_NUMBER = re.compile(r"[A-Z]0\d{2,}", re.ASCII)
_COUNT = re.compile(r"(0\d*|\d{1,7})[-_., ]*", re.ASCII)
_ADDRESS = re.compile(r"\d{1,3}([-_.])\d{1,3}\1\d{1,3}\1\d{1,3}", re.ASCII)
_SERIAL = compile_on_use(r"[1-9]\d{7,}", re.ASCII)
"""So long a number is that of a device: none counts so far."""
_COUNTED_NAME = re.compile(r"[A-Za-z]+(\d{4,})", re.ASCII)
"""`MFDC0012`, `GOPR0012`: which picture it is, or which camera."""
_DATE = compile_on_use(r"(?:19[7-9]|20\d)\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|1[5-9]\d{8}(?:\d{3})?", re.ASCII)
"""A day, or an epoch, as where a name has the beginning and the end of an event."""
_DEVICE = compile_on_use(r"[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_MINUTE_SECOND = re.compile(r"(?:\d\d[Hh])?\d\d[Mm]\d\d[Ss]", re.ASCII)
"""What some put before an epoch: `04M59S_1619726699`."""
_COPY_OF = re.compile(r"\Acopy[-_ ](?:of[-_ ])?", re.IGNORECASE)
_BRACKETS = compile_on_use(r"\[(?:[\d@.]*|[A-Z])\]|\(\d*\)", re.ASCII)
"""`(1)`, and `[M][0@0][0]` of Dahua."""
_MEASURE = compile_on_use(r"\d+(?:x\d+)?[a-z]{0,3}", re.ASCII | re.IGNORECASE)
"""`0001`, `1080p`, `640x480`, `22C`."""
_CHANGES = compile_on_use(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", re.ASCII | re.IGNORECASE)
_HEXADECIMAL = compile_on_use(r"(?=.*\d)[0-9a-f]{8,}", re.ASCII | re.IGNORECASE)


@lru_cache(maxsize=4096)
def read_before(text: str) -> tuple[str, str]:
    """Return the camera that stands before a time, and the number at its end, which may be that of an event.

    Either may be empty: `front_MDAlarm_` is (`front`, ``), `cam1-01-` (`cam1-01`, `01`), `01-` (``, `01`).
    """
    if match := _COUNT.fullmatch(text):
        return "", match[1]
    if len(text) == 1:  # A210429200000: no separator
        return "", ""
    text = _COPY_OF.sub("", text, count=1).rstrip(_SEPARATORS)
    if not text or _GENERIC.fullmatch(text):
        return "", ""
    camera = _cut_events(text)
    if not camera or _GENERIC.fullmatch(camera) or _MINUTE_SECOND.fullmatch(camera):
        return "", ""
    if _ADDRESS.fullmatch(camera):
        return camera, ""
    tokens = _TOKEN.findall(camera)
    if all(token.isdigit() for token in tokens) and not _ADDRESS.match(camera):
        serials = [token for token in tokens if _SERIAL.fullmatch(token) and not _DATE.fullmatch(token)]
        return (camera, "") if serials else ("", camera)
    last = tokens[-1]
    if "(" in camera and ")" not in camera and not last.isdigit():
        return f"{camera})", ""
    if match := _COUNTED_NAME.fullmatch(last):
        return camera, match[1]
    return camera, last if len(tokens) > 1 and last.isdigit() else ""


@lru_cache(maxsize=4096)
def read_behind(text: str) -> str:
    """Return the camera that stands behind a time; empty where there is none.

    `_000_tapo` is `tapo`; sequence numbers, copy marks, what happened, sizes and random texts are none.
    """
    text = _BRACKETS.sub(" ", text) if "[" in text or "(" in text else text
    named = [match for match in _TOKEN.finditer(text) if not _says_nothing(match[0])]
    while named and _REMARK.fullmatch(named[0][0]):
        del named[0]
    while named and _REMARK.fullmatch(named[-1][0]):
        del named[-1]
    if not named:
        return ""
    start, end = named[0].start(), named[-1].end()
    camera = text[start:end]
    if len(named) > 1 and _REMARK.fullmatch(camera):
        return ""
    if len(named) == 1 and _GENERIC.fullmatch(camera):
        number = re.match(r"[-_. ]?(\d{1,3})(?!\d)", text[end:], re.ASCII)
        return camera + number[0] if number and re.fullmatch("(?i:(?:web|ip)?cam(?:era)?)", camera) else ""
    return camera


def is_event(text: str) -> bool:
    """Tell whether a folder is named after what happened or what its files are, perhaps with a number: `images001`."""
    return _may_be_event(text) and bool(_COUNTED.fullmatch(text)) and not text.isdigit()


def strip_folder(text: str) -> str:
    """Return what is left of the name of a folder in which a date stood as the camera's."""
    text = text.strip(_SEPARATORS)
    return "" if _GENERIC.fullmatch(text) or _REMARK.fullmatch(text) or is_event(text) else text


def find_counted(camera: str) -> str:
    """Return the digits of a camera such as `tp00012`, which may be one or the picture of it; empty for others."""
    match = _COUNTED_NAME.fullmatch(camera)
    return match[1] if match else ""


def cut_number(camera: str, number: str) -> str:
    """Return a camera without the number at its end."""
    return camera[: len(camera) - len(number)].rstrip(_SEPARATORS) if number else camera


def _cut_events(text: str) -> str:
    """Return a text without the events at its beginning and end, nor the numbers that belong to them."""
    tokens = list(_TOKEN.finditer(text))
    while tokens and _is_event_token(tokens[0][0]):
        del tokens[0]
        while tokens and tokens[0][0].isdigit() and len(tokens) > 1:
            del tokens[0]
        if len(tokens) == 1 and tokens[0][0].isdigit():
            del tokens[0]
    while tokens:
        if _is_event_token(tokens[-1][0]):
            del tokens[-1]
        elif len(tokens) > 1 and tokens[-1][0].isdigit() and EVENT.fullmatch(tokens[-2][0]):
            del tokens[-2:]
        else:
            break
    return text[tokens[0].start() : tokens[-1].end()] if tokens else ""


def _is_event_token(token: str) -> bool:
    is_event = _may_be_event(token) and EVENT.fullmatch(token.rstrip(_DIGITS))
    return bool(is_event or _EVENT_NUMBER.fullmatch(token))


def _may_be_event(text: str) -> bool:
    """Tell whether there are two letters at least: so that the expression of events is not made for `c10`."""
    return len(text.rstrip(_DIGITS + _SEPARATORS)) > 1


def _says_nothing(token: str) -> bool:
    if _DEVICE.fullmatch(token) and not token.isdigit():
        return False
    return bool(_MEASURE.fullmatch(token) or _HEXADECIMAL.fullmatch(token) or len(_CHANGES.findall(token)) > 3)
