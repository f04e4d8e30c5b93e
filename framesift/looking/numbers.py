"""Areas as people read them: as shares of the picture first, px rounded and with separators.

`page/assets/numbers.js` says the same in the browser, to the letter.
"""

from decimal import ROUND_HALF_UP, Context, Decimal

_EXACT = Context(prec=400)


def describe_score(score: float, limit: float, area: int) -> str:
    """Say how much has changed and how much was needed, px of the `area` that is compared, as shares and in px."""
    changed, needed = tell_apart(100 * score / max(area, 1), 100 * limit / max(area, 1))
    return f"changed {changed} % of the picture, needed more than {needed} % ({describe_px(score, limit)})"


def describe_px(score: float, limit: float) -> str:
    """Say the same in px alone."""
    changed, needed = tell_apart(score, limit, whole=True)
    return f"{changed} px, {needed} px"


def tell_apart(first: float, second: float, whole: bool = False) -> tuple[str, str]:
    """Write two numbers so short that they are still told apart; as equal only where they are."""
    texts = _shorten(first, 2, whole), _shorten(second, 2, whole)
    for digits in range(3, 17) if first != second else ():
        if texts[0] != texts[1]:
            break
        texts = _shorten(first, digits, whole), _shorten(second, digits, whole)
    return texts


def format_px(px: float) -> str:
    """Write an area in px: whole above 10."""
    return _shorten(px, 2, whole=True)


def _shorten(number: float, digits: int, whole: bool) -> str:
    """Round to so many digits, where the number is to be `whole` only what is behind the point, from 10 on."""
    exact = Decimal(number)
    if whole and number >= 10:
        rounded = exact.quantize(Decimal(1).scaleb(2 - digits), ROUND_HALF_UP, _EXACT)
    else:
        rounded = Context(prec=digits, rounding=ROUND_HALF_UP).plus(exact)
    before, point, behind = f"{rounded:,f}".partition(".")
    behind = behind.rstrip("0")
    return f"{before}{point}{behind}" if behind else before
