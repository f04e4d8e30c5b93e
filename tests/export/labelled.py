"""One small data set in each format: pictures of 160x120 px, each with a car and a person."""

import json
from pathlib import Path

SIZE = (160, 120)
CAR, PERSON = (20, 30, 40, 24), (110, 60, 20, 40)
"""Left, top, width, height in px."""


def coco(*names: str) -> dict:
    """With keys that only this data set has."""
    labels = []
    for image in range(1, len(names) + 1):
        for category, box in ((1, CAR), (2, PERSON)):
            label = {"id": 10 * image + category, "image_id": image, "category_id": category, "bbox": list(box)}
            x, y, width, height = box
            corners = [x, y, x + width, y, x + width, y + height, x, y + height]
            more = {"segmentation": [corners], "score": 0.9, "attributes": {"occluded": False, "track_id": category}}
            labels.append(label | {"area": width * height, "iscrowd": 0} | more)
    images = [
        {"id": n, "file_name": name, "width": SIZE[0], "height": SIZE[1], "license": 1, "weather": "dry"}
        for n, name in enumerate(names, start=1)
    ]
    categories = [{"id": 1, "name": "car"}, {"id": 2, "name": "person", "supercategory": "living"}]
    return {"info": {"owner": "me"}, "images": images, "annotations": labels, "categories": categories, "mine": [1]}


def yolo(root: Path, *names: str) -> Path:
    (root / "labels").mkdir(parents=True)
    (root / "data.yaml").write_text("path: .\ntrain: images\nval: images\nnames:\n  0: car\n  1: person\n")
    for name in names:
        lines = [f"{n} {shares(box)}" for n, box in enumerate((CAR, PERSON))]
        path = root / "labels" / Path(name).with_suffix(".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n")
    return root


def shares(box: tuple[int, int, int, int]) -> str:
    x, y, width, height = box
    return f"{(x + width / 2) / 160} {(y + height / 2) / 120} {width / 160} {height / 120}"


def voc(root: Path, *names: str) -> Path:
    for name in names:
        path = root / Path(name).with_suffix(".xml")
        path.parent.mkdir(parents=True, exist_ok=True)
        things = "".join(
            f"<object><name>{label}</name><pose>Left</pose><difficult>0</difficult><mine>7</mine>"
            f"<bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{x + w}</xmax><ymax>{y + h}</ymax></bndbox></object>"
            for label, (x, y, w, h) in (("car", CAR), ("person", PERSON))
        )
        head = f"<folder>c1</folder><filename>{Path(name).name}</filename><path>/data/{name}</path>"
        size = "<size><width>160</width><height>120</height><depth>3</depth></size>"
        path.write_text(f"<annotation>{head}{size}{things}</annotation>")
    return root


def cvat(*names: str) -> str:
    images = []
    for n, name in enumerate(names):
        x, y, w, h = CAR
        left, top, wide, high = PERSON
        images.append(
            f'<image id="{n}" name="{name}" width="160" height="120" subset="train">'
            f'<box label="car" source="manual" occluded="0" z_order="2" xtl="{x}" ytl="{y}" '
            f'xbr="{x + w}" ybr="{y + h}">'
            f'<attribute name="colour">red</attribute></box>'
            f'<polygon label="person" points="{left},{top};{left + wide},{top};{left + wide},{top + high}"/></image>'
        )
    classes = "".join(f"<label><name>{name}</name><attributes/></label>" for name in ("car", "person"))
    task = f"<task><id>1</id><name>t</name><size>2</size><mode>annotation</mode><labels>{classes}</labels></task>"
    meta = f"<meta>{task}<mine>1</mine></meta>"
    return f"<annotations><version>1.1</version>{meta}{''.join(images)}</annotations>"


def label_studio(*names: str) -> list:
    tasks = []
    for n, name in enumerate(names, start=1):
        results = [
            {
                "id": f"r{n}{label}",
                "type": "rectanglelabels",
                "from_name": "label",
                "to_name": "image",
                "original_width": 160,
                "original_height": 120,
                "image_rotation": 0,
                "value": {
                    "x": x / 1.6,
                    "y": y / 1.2,
                    "width": w / 1.6,
                    "height": h / 1.2,
                    "rotation": 0,
                    "rectanglelabels": [label],
                },
            }
            for label, (x, y, w, h) in (("car", CAR), ("person", PERSON))
        ]
        relation = {"type": "relation", "from_id": f"r{n}car", "to_id": f"r{n}person", "direction": "right"}
        data = {"image": f"/data/local-files/?d=kept/{name}", "mine": 5}
        tasks.append({"id": n, "data": data, "annotations": [{"id": n, "result": [*results, relation]}]})
    return tasks


def write(form: str, root: Path, *names: str) -> Path:
    """The data set, in a format; its file or folder."""
    if form in ("yolo", "voc"):
        return {"yolo": yolo, "voc": voc}[form](root / form, *names)
    content = cvat(*names) if form == "cvat" else json.dumps(coco(*names) if form == "coco" else label_studio(*names))
    path = root / f"{form}.{'xml' if form == 'cvat' else 'json'}"
    path.write_text(content)
    return path
