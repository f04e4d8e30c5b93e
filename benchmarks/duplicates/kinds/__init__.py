"""The kinds of pictures that people have most trouble with, drawn here: each seed is another scene of its kind.

Scenes of one kind are hard to tell apart by hashes and histograms: most of each picture is the same in all of them.
"""

from collections.abc import Callable

from benchmarks.duplicates.kinds import goods, levels, light, lines, papers
from benchmarks.duplicates.kinds.pictures import Picture

KINDS: dict[str, Callable[[int], Picture]] = {
    "letters": papers.draw_letter,
    "scans": papers.scan_letter,
    "receipts": papers.draw_receipt,
    "pages": papers.draw_page,
    "forms": papers.draw_form,
    "slides": papers.draw_slide,
    "plots": papers.draw_plot,
    "screenshots": papers.draw_chat,
    "goods on white": goods.draw_product,
    "colour variants": goods.draw_shirt,
    "shades of grey": goods.draw_grey_shirt,
    "plain colours": goods.paint_plain,
    "line art": goods.draw_lines,
    "line art, transparent": goods.draw_lines_on_nothing,
    "icons": goods.draw_icon,
    "number plates": goods.draw_plate,
    "floor plans": lines.draw_plan,
    "bar codes": lines.draw_bar_code,
    "chess positions": lines.draw_position,
    "sheet music": lines.write_music,
    "photos": light.draw_photo,
    "bursts": light.draw_face,
    "passport photos": light.draw_portrait,
    "meters": light.read_meter,
    "night": light.draw_night,
    "skies": light.draw_sky,
    "masks of classes": levels.draw_classes,
    "16 bit, narrow band": levels.measure_warmth,
    "animations": levels.animate,
}

__all__ = ["KINDS", "Picture"]
