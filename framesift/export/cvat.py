"""CVAT reads two kinds of files: annotations of a task that has the images, and manifests to make a task from.

https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/ and .../dataset_management/dataset_manifest/
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from framesift.errors import UsageError
from framesift.export.rows import Row
from framesift.filtering.selection import Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_XML_HEAD = """\
<?xml version="1.0" encoding="utf-8"?>
<annotations>
  <version>1.1</version>
  <meta>
    <task>
      <labels>
        <label>
          <name>dropped</name>
          <type>tag</type>
          <attributes>
            <attribute>
              <name>represented_by</name><mutable>False</mutable><input_type>text</input_type>
              <default_value></default_value><values></values>
            </attribute>
          </attributes>
        </label>
      </labels>
    </task>
  </meta>
"""


def write_xml(rows: Iterable[Row]) -> Iterator[str]:
    """Yield CVAT for images 1.1. A dropped frame has a tag `dropped`, whose attribute names the kept one.

    Raises UsageError for a name that XML cannot carry.
    """
    yield _XML_HEAD
    for row in rows:
        size = f'width="{row.width}" height="{row.height}"'
        yield f'  <image id="{row.number - 1}" name={quoteattr(_check(row.name, row))} {size}>\n'
        if row.verdict is Verdict.DROP:
            kept = escape(_check(row.represented_by or "", row))
            yield f'    <tag label="dropped" source="auto"><attribute name="represented_by">{kept}</attribute></tag>\n'
        yield "  </image>\n"
    yield "</annotations>\n"


def write_manifest(rows: Iterable[Row]) -> Iterator[str]:
    """Yield a data set manifest 1.1: JSON, a line for each image."""
    yield '{"version": "1.1"}\n{"type": "images"}\n'
    for row in rows:
        name, extension = os.path.splitext(row.name)
        entry = {"name": name, "extension": extension, "width": row.width, "height": row.height}
        if row.represented_by:
            entry["meta"] = {"represented_by": row.represented_by}
        yield json.dumps(entry) + "\n"


def _check(text: str, row: Row) -> str:
    if _NOT_XML.search(text):
        raise UsageError("a name that XML cannot carry: choose another format", row.path)
    return text
