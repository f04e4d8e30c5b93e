import base64
import hashlib
import json
import re

from framesift.looking.page import CHARTS, embed_json, escape, write_page

HOSTILE = "</script><script>alert(1)</script>\"'&<!--\udcff\n"


def write(tmp_path, body="<main id=content></main>", title="t", scripts=(CHARTS,)) -> str:
    write_page(tmp_path / "page.html", title, [body], scripts)
    return (tmp_path / "page.html").read_text(encoding="utf-8")


def test_names_stay_text():
    assert escape("<b>&\"'\n\udcff") == "&lt;b&gt;&amp;&quot;&#x27;\\n\\xff"
    block = embed_json("data", {"path": HOSTILE})
    assert block.count("<") == block.count(">") == 2 and block.isascii()
    assert json.loads(block.split(">", 1)[1].rsplit("<", 1)[0])["path"] == HOSTILE


def test_only_its_own_scripts_and_styles_may_run(tmp_path):
    text = write(tmp_path, "<script>alert(1)</script>", HOSTILE)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    allowed = re.findall(r"sha256-([^']+)'", policy)
    digests = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", text, re.DOTALL)
    ]
    styles, [injected, charts] = digests[:-2], digests[-2:]
    assert {*styles, charts} == set(allowed) and injected not in allowed
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_nothing_is_fetched(tmp_path):
    text = write(tmp_path)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:|//)|@import|url\(", text)
    assert "Permission is hereby granted" in text, "the licence of uPlot goes with every copy"


def test_a_page_without_scripts(tmp_path):
    text = write(tmp_path, scripts=())
    assert "<script" not in text and "script-src 'none'" in text
