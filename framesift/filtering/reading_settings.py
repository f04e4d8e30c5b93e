"""Makes the settings of a run of what was given: by hand, and in a settings file."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from framesift.comparators.thresholds import Threshold
from framesift.errors import UsageError
from framesift.filtering.config import METHODS_OWN, CameraConfig, Config, is_given, lay_over, take_away, write_name
from framesift.filtering.manifest_values import check_settings
from framesift.filtering.option_values import EVERY_FRAME, Method, parse_budget
from framesift.filtering.options import CHOOSING, DEFAULT_THRESHOLDS, OPTIONS, THOROUGH_THRESHOLDS
from framesift.filtering.presets import expand_preset
from framesift.filtering.sections import CHANGEABLE, Section
from framesift.filtering.settings import NAMING, Settings, choose_frames
from framesift.frames.light import Light
from framesift.frames.naming import Naming


def read_settings(config: Config | None = None, **given: Any) -> Settings:
    """Return the settings that the values or texts given for `OPTIONS` say; what is None or missing is as usual.

    What `config` says holds where nothing is given by hand, see there. Raises UsageError for what cannot be, TypeError
    for a name that no option has.
    """
    if unknown := given.keys() - OPTIONS.keys():
        raise TypeError(f"no setting is called {min(unknown)!r}: these are {', '.join(OPTIONS)}")
    by_hand = expand_preset({name: value for name, value in given.items() if is_given(name, value)})
    if config is None:
        return _read_values(by_hand)
    values = expand_preset(config.values)
    settings = _read_values(lay_over(values, by_hand))
    if not config.is_trusted:
        settings = replace(settings, naming=settings.naming.guarded())
    sections = tuple(_read_section(each, by_hand, settings) for each in config.cameras)
    return _check_recordable(replace(settings, sections=sections))


def choose_thresholds(
    method: Method, min_contour_area: Any = None, score_threshold: Any = None, thorough: bool = False
) -> tuple[Threshold, Threshold]:
    """Return both thresholds, the method's own for those that are None or empty. Raises UsageError."""
    if thorough and method is not Method.TOLERANCE:
        raise UsageError("--thorough belongs to --method tolerance")
    area, score = THOROUGH_THRESHOLDS if thorough else DEFAULT_THRESHOLDS[method]
    given = [
        default if value in (None, "") else value
        for value, default in ((min_contour_area, area), (score_threshold, score))
    ]
    return Threshold.parse(given[0]), Threshold.parse(given[1])


def _read_values(given: Mapping[str, Any]) -> Settings:
    from framesift.comparators.masks.reading import read_masks  # brings OpenCV: whoever reads a manifest need not wait

    values = {name: option.value(given.get(name)) for name, option in OPTIONS.items()}
    if given.get("width") and values["method"] is not Method.TOLERANCE:
        raise UsageError("--width belongs to --method tolerance")
    if values["key_frames"] and values["every"] is None:
        values["every"] = EVERY_FRAME
    area, score, thorough, mask, _ = map(
        values.pop, ("min_contour_area", "score_threshold", "thorough", "mask", "preset")
    )
    if values["keep"] is not None:
        values["keep"], score = parse_budget(str(values["keep"])), "0%" if score in (None, "") else score
    area, score = choose_thresholds(values["method"], area, score, thorough)
    naming = Naming(*map(values.pop, NAMING))
    choice = choose_frames({option.name: values.pop(option.name) for option in CHOOSING}, naming.timezone)
    masks = read_masks([mask] if isinstance(mask, bytes | os.PathLike) else mask, naming)
    values["blur"], values["border_mask"] = tuple(values["blur"]), tuple(values["border_mask"])
    values |= {"naming": naming, "choice": choice, "masks": masks}
    return _check_recordable(Settings(min_contour_area=area, score_threshold=score, **values))


def _check_recordable(settings: Settings) -> Settings:
    try:
        check_settings(settings.record())
    except ValueError as error:  # such as a pattern of a million letters
        raise UsageError(f"a setting is more than a manifest can hold: {error}") from None
    return settings


def as_of_file(error: UsageError, place: str) -> UsageError:
    """Return an error of an option as one of a settings file: names there have no dashes before them."""
    reason = error.reason
    for name, option in OPTIONS.items():
        reason = reason.replace(f"{option.flag} ", f"{write_name(name)} ")
    return UsageError(reason, error.path or place or None)


def _read_section(given: CameraConfig, by_hand: Mapping[str, Any], settings: Settings) -> Section:
    values = take_away(expand_preset(given.values), by_hand)
    exclude = values.pop("exclude", None)
    try:
        if not isinstance(exclude, bool | None):
            raise UsageError("exclude is true or false in a section: whether these frames are left out")
        changes = dict(_read_changes(values, by_hand, settings))
        light = None if given.light is None else Light(given.light)
        section = Section(given.camera, given.hours, tuple(changes.items()), exclude, settings.naming.timezone, light)
        replace(settings, sections=(), **changes)  # raises for what cannot be
    except UsageError as error:
        raise as_of_file(UsageError(f"{given.title}: {error.reason}", error.path), given.place) from None
    return section


def _read_changes(
    values: Mapping[str, Any], by_hand: Mapping[str, Any], settings: Settings
) -> Iterator[tuple[str, Any]]:
    """Yield the settings that a section changes, with what belongs to its method where it says one."""
    from framesift.comparators.masks.reading import read_masks

    values = dict(values)
    for name, value in _complete_method(values, settings).items():
        if name not in by_hand:
            yield name, value
    if (mask := values.get("mask")) is not None:
        masks = read_masks(OPTIONS["mask"].value(mask), settings.naming)
        yield "masks", tuple(replace(each, picture="") for each in masks)
    for name in CHANGEABLE:
        if name in values and name != "method" and name not in METHODS_OWN:
            value = OPTIONS[name].value(values[name])
            yield name, tuple(value) if name in ("blur", "border_mask", "size") and value is not None else value


def _complete_method(values: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the method, the thresholds and the width that a section changes."""
    method = OPTIONS["method"].value(values["method"]) if "method" in values else settings.method
    if values.get("width") is not None and method is not Method.TOLERANCE:
        raise UsageError("--width belongs to --method tolerance")
    given = values.get("min_contour_area"), values.get("score_threshold"), bool(values.get("thorough"))
    area, score = choose_thresholds(method, *given)
    whole = {"method": method, "min_contour_area": area, "score_threshold": score}
    if method is Method.TOLERANCE:
        whole["width"] = OPTIONS["width"].value(values.get("width"))
    if "method" in values:
        return whole
    said = {name for name in METHODS_OWN if name in values}
    if "thorough" in values:
        said |= {"min_contour_area", "score_threshold"}
    return {name: value for name, value in whole.items() if name in said}
