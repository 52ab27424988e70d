#!/usr/bin/python3
"""detection_scenes - real cut-outs pasted on real pictures, annotated as PASCAL VOC is.

usage: detection_scenes.py FOLDER [--share ROOT] [--train N] [--test N] [--side N] [--seed N]

Needs python3-pil and two packages of Debian, installed or unpacked (dpkg -x) below ROOT/usr:
tuxpaint-stamps-default (birds, fruit and flowers with an alpha channel) and
plasma-workspace-wallpapers (the pictures behind them). Writes

  FOLDER/train    scenes to learn from
  FOLDER/test     other scenes of the same cut-outs, on pictures that train has not
  FOLDER/unseen   scenes of cut-outs, on pictures, neither of which train has
  FOLDER/classes.txt

each of the three with Annotations/*.xml and JPEGImages/*.jpg. Equal arguments give equal scenes.
"""

import argparse
import pathlib
import random

from PIL import Image, ImageEnhance

STAMPS = {"bird": "animals/birds", "fruit": "food/fruit", "flower": "plants/flowers"}
LEAST_SEEN = 0.6  # of a cut-out's area: what covers more of another one is put elsewhere
ANNOTATION = """<annotation>
\t<folder>JPEGImages</folder>
\t<filename>{name}.jpg</filename>
\t<size>
\t\t<width>{side}</width>
\t\t<height>{side}</height>
\t\t<depth>3</depth>
\t</size>
{objects}</annotation>
"""
OBJECT = """\t<object>
\t\t<name>{name}</name>
\t\t<difficult>0</difficult>
\t\t<bndbox>
\t\t\t<xmin>{box[0]}</xmin>
\t\t\t<ymin>{box[1]}</ymin>
\t\t\t<xmax>{box[2]}</xmax>
\t\t\t<ymax>{box[3]}</ymax>
\t\t</bndbox>
\t</object>
"""


def cut_outs(folder):
    """The stamps of a folder that have transparent parts, cut to what is visible."""
    images = []
    for path in sorted(folder.rglob("*.png")):
        image = Image.open(path).convert("RGBA")
        image.thumbnail((256, 256))
        alpha = image.getchannel("A")
        if path.stem.endswith(("_mirror", "_flip")) or alpha.getextrema()[0] > 0:
            continue
        images.append(image.crop(alpha.point(lambda a: 255 * (a > 64)).getbbox()))
    return images


def pictures(folder):
    """One picture per wallpaper, the largest of its files below 3 megabytes."""
    images = []
    for wallpaper in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = [path for path in sorted(wallpaper.rglob("*"))
                 if path.suffix in (".jpg", ".png") and path.stat().st_size < 3_000_000]
        if files:
            image = Image.open(max(files, key=lambda path: path.stat().st_size)).convert("RGB")
            image.thumbnail((1280, 1280))
            images.append(image)
    return images


def split(items, share, rng):
    """Two parts, the second with `share` of the items."""
    items = list(items)
    rng.shuffle(items)
    cut = len(items) - round(share * len(items))
    return items[:cut], items[cut:]


def backdrop(picture, side, rng):
    """A square window of a picture."""
    window = round(rng.uniform(0.3, 1.0) * min(picture.size))
    x = rng.randrange(picture.width - window + 1)
    y = rng.randrange(picture.height - window + 1)
    scene = picture.crop((x, y, x + window, y + window)).resize((side, side), Image.BICUBIC)
    return ImageEnhance.Brightness(scene).enhance(rng.uniform(0.6, 1.2))


def covered(box, others):
    """The largest share of one of the two boxes that another one covers."""
    worst = 0
    for other in others:
        width = min(box[2], other[2]) - max(box[0], other[0])
        height = min(box[3], other[3]) - max(box[1], other[1])
        if width > 0 and height > 0:
            least = min((b[2] - b[0]) * (b[3] - b[1]) for b in (box, other))
            worst = max(worst, width * height / least)
    return worst


def make_scene(stamps, behind, side, rng):
    """An image and its objects: (class, box) each."""
    scene = backdrop(rng.choice(behind), side, rng)
    objects = []
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(list(stamps))
        stamp = rng.choice(stamps[name])
        length = rng.uniform(0.22, 0.6) * side
        scale = length / max(stamp.size)
        stamp = stamp.resize([max(round(scale * n), 1) for n in stamp.size], Image.BICUBIC)
        if rng.random() < 0.5:
            stamp = stamp.transpose(Image.FLIP_LEFT_RIGHT)
        for _ in range(20):
            x = rng.randrange(side - stamp.width + 1)
            y = rng.randrange(side - stamp.height + 1)
            box = (x, y, x + stamp.width, y + stamp.height)
            if covered(box, [other for _, other in objects]) <= 1 - LEAST_SEEN:
                scene.paste(stamp, box[:2], stamp)
                objects.append((name, box))
                break
    return scene, objects


def write_scenes(folder, count, stamps, behind, side, rng):
    (folder / "Annotations").mkdir(parents=True, exist_ok=True)
    (folder / "JPEGImages").mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = f"scene_{number:05d}"
        scene, objects = make_scene(stamps, behind, side, rng)
        scene.save(folder / "JPEGImages" / f"{name}.jpg", quality=92)
        text = "".join(OBJECT.format(name=label, box=box) for label, box in objects)
        (folder / "Annotations" / f"{name}.xml").write_text(
            ANNOTATION.format(name=name, side=side, objects=text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--share", type=pathlib.Path, default=pathlib.Path("/"))
    parser.add_argument("--train", type=int, default=3000)
    parser.add_argument("--test", type=int, default=500)
    parser.add_argument("--side", type=int, default=192)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    share = arguments.share / "usr/share"
    known, new = {}, {}
    for name, folder in STAMPS.items():
        known[name], new[name] = split(cut_outs(share / "tuxpaint/stamps" / folder), 0.2, rng)
    behind, others = split(pictures(share / "wallpapers"), 0.3, rng)
    for part, count, stamps, backs in (("train", arguments.train, known, behind),
                                       ("test", arguments.test, known, others),
                                       ("unseen", arguments.test, new, others)):
        write_scenes(arguments.folder / part, count, stamps, backs, arguments.side, rng)
    (arguments.folder / "classes.txt").write_text("".join(f"{name}\n" for name in STAMPS))
    counts = ", ".join(f"{len(known[name])} + {len(new[name])} {name}" for name in STAMPS)
    print(f"cut-outs {counts}; pictures {len(behind)} + {len(others)}")


if __name__ == "__main__":
    main()
