"""Months by name, in the languages that cameras and phones are set to."""

from datetime import UTC, datetime
from unicodedata import normalize

import pytest

from framesift.frames.names.months import read_month
from framesift.frames.naming import Naming

MONTHS = {
    1: "Jan January Januar janv janvier ene enero gennaio janeiro",
    2: "Feb Februar févr février fevrier febrero",
    3: "Mar Mär März Maerz Mrz mars marzo maart Mrt março",
    4: "Apr avr avril abr abril",
    5: "May Mai mayo mei maggio",
    6: "Jun Juni juin junio",
    7: "Jul Juli juil juillet julio",
    8: "Aug août aout ago agosto",
    9: "Sep Sept septembre septiembre",
    10: "Oct Okt Oktober octobre octubre",
    11: "Nov noviembre",
    12: "Dec Dez Dezember déc décembre dec dic diciembre",
}
NAMES = [(name, month) for month, names in MONTHS.items() for name in names.split()]


@pytest.mark.parametrize(("name", "month"), NAMES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_month_by_name_is_read_in_names_and_folders(name: str, month: int, form: str) -> None:
    time = datetime(2021, month, 20, 11, 21, 5, tzinfo=UTC)
    for way in (name, name.upper(), name.capitalize()):
        word = normalize(form, way)
        assert read_month(word) == month
        assert Naming().read(f"gate_20-{word}-2021_11-21-05.jpg") == ("gate", time)
        assert Naming().read(f"gate {word} 20, 2021 11.21.05.jpg") == ("gate", time)
        assert Naming().read(f"2021{word}20_112105_gate.jpg") == ("gate", time)
        assert Naming().read(f"gate/2021/{word}/20/11-21-05.jpg") == (None, time)
        assert Naming().take_apart(f"gate/20 {word} 2021/11-21-05.jpg").camera == "gate"


@pytest.mark.parametrize("word", ["Main", "Marina", "Outdoor", "Set", "Out", "Mailbox", "Maison", "Augsburg", "Décor"])
def test_what_only_begins_as_a_month_is_a_camera(word: str) -> None:
    assert Naming().take_apart(f"2021/{word}/11-21-05.jpg").camera == word
    assert Naming().read(f"20-{word}-2021_11-21-05.jpg") == (None, None)


@pytest.mark.parametrize("at", ["at", "um", "om", "à", normalize("NFD", "à"), "a las", "alle", "às"])
def test_a_word_may_stand_between_day_and_hour(at: str) -> None:
    time = datetime(2021, 4, 30, 11, 21, 5, tzinfo=UTC)
    assert Naming().read(f"2021-04-30 {at} 11.21.05.jpg") == (None, time)
    assert Naming().read(f"30 April 2021 {at} 11.21.05.jpg") == (None, time)
