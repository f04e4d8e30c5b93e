"""The way in: what is shown to who comes with the token, and to who comes without."""

import html

from framesift.web.problems import describe_problem

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
{more}<title>framesift</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/static/page.css">
<link rel="stylesheet" href="/static/review.css"></head>
<body><main id="content">{content}</main></body></html>
"""
ENTERED = _PAGE.format(
    more='<meta http-equiv="refresh" content="0; url=/">', content='<p><a href="/">On to the page</a></p>'
).encode()
"""Goes on to the first page. Not by a redirect: after a link from elsewhere a browser would leave the cookie out."""
_SENTENCES = {
    401: "Open the address that framesift has printed when it was started: it begins with this one and ends with "
    "?token=… . After a new start it is another one."
}


def write_refusal(status: int) -> bytes:
    """Return the page for a person whose request is not let in."""
    problem = describe_problem(status)
    told = html.escape(_SENTENCES.get(status, f"This request {problem['detail']}."))
    return _PAGE.format(more="", content=f"<h1>{html.escape(problem['title'])}</h1><p>{told}</p>").encode()


def write_problem(status: int, detail: str) -> bytes:
    """Return the page for a person who is let in, but asks for what cannot be given."""
    problem = describe_problem(status, detail)
    told = "There is no such page." if status == 404 and not detail else as_sentence(problem["detail"])
    content = (
        f'<h1>{html.escape(problem["title"])}</h1><p>{html.escape(told)}</p><p><a href="/">To the first page</a></p>'
    )
    return _PAGE.format(more="", content=content).encode()


def as_sentence(text: str) -> str:
    """Return a reason with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.!?' else '.'}"
