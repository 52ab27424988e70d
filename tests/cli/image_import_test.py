#!/usr/bin/python3
"""Imported images are what numpy and Pillow make of the same files, as TAP.

usage: image_import_test.py TESTDATA      (tools in PATH)

AKIDA_DATA names the folder of real photographs (default ../shared/data beside the source tree); what
is missing is skipped with a word.
"""

import io
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import numpy as np

import image_numbers as numbers

try:
    from PIL import Image
except ImportError:
    Image = None

TESTDATA = pathlib.Path(sys.argv[1])
SETS = TESTDATA / "image-sets"


class Skip(Exception):
    pass


def tool(*arguments, source=None):
    done = subprocess.run(["akida-data", *map(str, arguments)], input=source, capture_output=True)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


def imported(*arguments, source=None):
    """The samples and labels that `akida-data import` makes."""
    with tempfile.TemporaryDirectory() as folder:
        labels = pathlib.Path(folder) / "y.npy"
        stream = tool("import", *arguments, source=source)
        has_labels = b"labels none" not in tool("show", "-n", 0, source=stream)
        options = ["--labels", labels] if has_labels else []
        samples = np.load(io.BytesIO(tool("to-npy", *options, source=stream)))
        return samples, np.load(labels) if has_labels else None


def netpbm(pixels):
    height, width, channels = pixels.shape
    return b"P%d %d %d 255\n" % (5 if channels == 1 else 6, width, height) + pixels.tobytes()


def pattern(width, height, n):
    y, x, c = np.ogrid[:height, :width, :3]
    return ((31 * x + 17 * y + 71 * c + 13 * n) % 256).astype(np.uint8)


def same(got, want, what):
    assert got.shape == want.shape, f"{what}: shape {got.shape}, not {want.shape}"
    if not (got == want).all():
        place = tuple(np.argwhere(got != want)[0])
        raise AssertionError(f"{what}: {got[place]}, not {want[place]}, at {place}")


SIZES = [(7, 5, 3, 2), (5, 7, 11, 13), (16, 16, 16, 16), (33, 20, 8, 20), (1, 1, 4, 3), (40, 1, 3, 3),
         (64, 48, 5, 6), (9, 30, 9, 4)]


def random_images():
    random = np.random.default_rng(1)
    for old_width, old_height, width, height in SIZES:
        for channels in (1, 3):
            yield random.integers(0, 256, (old_height, old_width, channels), np.uint8), width, height


def filters_follow_their_formulas():
    for pixels, width, height in random_images():
        for name, resize in numbers.FILTERS.items():
            got = imported("images", "--size", f"{width},{height}", "--filter", name, "-",
                           source=netpbm(pixels))[0]
            same(got[0], resize(pixels, width, height), f"{name} {pixels.shape} {width},{height}")


def antialias_is_pillows():
    if Image is None:
        raise Skip("/usr/bin/python3 has no PIL (python3-pil)")
    for pixels, width, height in random_images():
        image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
        want = np.asarray(image.resize((width, height), Image.BILINEAR)).reshape(height, width, -1)
        got = imported("images", "--size", f"{width},{height}", "-", source=netpbm(pixels))[0]
        same(got[0], want, f"{pixels.shape} {width},{height}")


def fits_follow_their_formulas():
    random = np.random.default_rng(2)
    for old_width, old_height in ((50, 31), (31, 50), (40, 40), (8, 8), (300, 4)):
        pixels = random.integers(0, 256, (old_height, old_width, 3), np.uint8)
        for width, height in ((24, 24), (30, 12), (7, 40)):
            for fit in ("imagenet", "crop", "center"):
                got = imported("images", "--size", f"{width},{height}", "--fit", fit, "-",
                               source=netpbm(pixels))[0]
                same(got[0], getattr(numbers, fit)(pixels, width, height),
                     f"{fit} {pixels.shape} {width},{height}")
        got = imported("images", "--size", 24, "--fit", "crop", "--shorter-side", 29, "-",
                       source=netpbm(pixels))[0]
        same(got[0], numbers.crop(pixels, 24, 24, 29), f"shorter side {pixels.shape}")


def resized(pixels, *options):
    """Arrays [n, height, width, channels] that go through a stream and `resize`."""
    file = io.BytesIO()
    np.save(file, pixels)
    stream = tool("import", "npy", "-", source=file.getvalue())
    return np.load(io.BytesIO(tool("to-npy", source=tool("resize", *options, source=stream))))


def streams_are_resized_as_files_are():
    for pixels, width, height in random_images():
        many = np.stack([pixels, 255 - pixels, pixels // 2])
        for name, resize in numbers.FILTERS.items():
            got = resized(many, "--size", f"{width},{height}", "--filter", name)
            same(got, np.stack([resize(one, width, height) for one in many]), f"{name} {pixels.shape}")
        for fit in ("imagenet", "crop", "center"):
            got = resized(many, "--size", f"{width},{height}", "--fit", fit)
            want = [getattr(numbers, fit)(one, width, height) for one in many]
            same(got, np.stack(want), f"{fit} {pixels.shape}")
    pixels = np.random.default_rng(4).integers(0, 256, (5, 9, 7, 3), np.uint8)
    grey = (pixels @ np.array([299, 587, 114]) + 500) // 1000
    same(resized(pixels, "--grey"), grey.astype(np.uint8)[..., None], "grey")


def training_parts_of_files_and_streams_are_equal():
    pixels = np.random.default_rng(5).integers(0, 256, (20, 30, 40, 3), np.uint8)
    options = ["--size", 16, "--training", "--colours", "--seed", 3]
    got = resized(pixels, *options, "--jobs", 3)
    same(got, resized(pixels, *options, "--jobs", 1), "jobs")
    assert (got != resized(pixels, *options[:-1], 4)).any()
    with tempfile.TemporaryDirectory() as folder:
        for i, image in enumerate(pixels):
            (pathlib.Path(folder) / f"{i:02}.ppm").write_bytes(netpbm(image))
        same(imported("images", *options, folder)[0], got, "files")


def photographs():
    shared = TESTDATA.resolve().parent.parent / "shared" / "data"
    folder = pathlib.Path(os.environ.get("AKIDA_DATA", shared)) / "images"
    if not folder.is_dir():
        raise Skip("no folder images in AKIDA_DATA")
    if Image is None:
        raise Skip("/usr/bin/python3 has no PIL (python3-pil)")
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".jpg", ".png"))
    assert len(paths) == 9, paths
    return paths


def photographs_are_decoded_and_resized_as_by_pillow():
    for path in photographs():
        image = Image.open(path).convert("RGB")
        same(imported("images", "--rgb", path)[0][0], np.asarray(image), path.name)
        want = np.asarray(image.resize((224, 160), Image.BILINEAR))
        same(imported("images", "--rgb", "--size", "224,160", path)[0][0], want, path.name)


def photographs_are_cropped_as_documented():
    paths = photographs()
    got = imported("images", "--rgb", "--size", 224, "--fit", "imagenet", "--jobs", 2, *paths)[0]
    for path, pixels in zip(paths, got):
        original = np.asarray(Image.open(path).convert("RGB"))
        same(pixels, numbers.imagenet(original, 224, 224), path.name)


def four_colours_and_bitmaps_are_decoded_as_by_pillow():
    if Image is None:
        raise Skip("/usr/bin/python3 has no PIL (python3-pil)")
    pixels = np.random.default_rng(6).integers(0, 256, (20, 30, 4), np.uint8)
    for image, kind in ((Image.fromarray(pixels, "CMYK"), "JPEG"),
                        (Image.fromarray(pixels[:, :, 0]).convert("1"), "PPM")):
        file = io.BytesIO()
        image.save(file, kind)
        got = imported("images", "--rgb", "-", source=file.getvalue())[0][0]
        same(got, np.asarray(Image.open(file).convert("RGB")), kind)


def photographs_are_turned_upright_as_by_pillow():
    path = photographs()[0]
    from PIL import ImageOps
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        file = io.BytesIO()
        Image.open(path).convert("RGB").resize((48, 30)).save(file, "JPEG", exif=exif)
        want = np.asarray(ImageOps.exif_transpose(Image.open(file)))
        same(imported("images", "--upright", "-", source=file.getvalue())[0][0], want, orientation)


def jpegs_of_too_many_scans_are_refused():
    if Image is None:
        raise Skip("/usr/bin/python3 has no PIL (python3-pil)")
    file = io.BytesIO()
    Image.new("L", (8, 8), 90).save(file, "JPEG", progressive=True)
    whole = file.getvalue()
    begin = whole.index(b"\xff\xda")
    data = begin + 2 + int.from_bytes(whole[begin + 2:begin + 4], "big")
    end = whole.index(b"\xff", data)
    scan = whole[begin:data - 1] + b"\0" + whole[data:end]  # all bits of the DC values at once
    for scans, want in ((200, ""), (201, "JPEG: number of scans exceeds limit 200")):
        done = subprocess.run(["akida-data", "import", "images", "-"], capture_output=True,
                              input=whole[:begin] + scan * scans + b"\xff\xd9")
        assert want in done.stderr.decode() and (done.returncode == 0) == (want == ""), done.stderr


def cifar_records_are_images_and_labels():
    for name, arguments, images, labels in (
            ("cifar-10", ["cifar10"], range(5), [9, 8, 7, 6, 5]),
            ("cifar-10", ["cifar10", "--test"], [5], [4]),
            ("cifar-100", ["cifar100"], [0], [99]),
            ("cifar-100", ["cifar100", "--test"], [1], [98]),
            ("cifar-100", ["cifar100", "--test", "--coarse"], [1], [18])):
        samples, classes = imported(*arguments, SETS / name)
        same(samples, np.stack([pattern(32, 32, n) for n in images]), f"{arguments}")
        assert classes.tolist() == labels, classes


def archives_hold_what_folders_hold():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        cifar = scratch / "cifar-10-binary.tar.gz"
        with tarfile.open(cifar, "w:gz") as archive:
            archive.add(SETS / "cifar-10", "cifar-10-batches-bin")
        same(imported("cifar10", cifar)[0].sum(0), imported("cifar10", SETS / "cifar-10")[0].sum(0),
             "cifar-10")
        samples, labels = imported("cifar10", "-", source=cifar.read_bytes())
        same(samples, imported("cifar10", cifar)[0], "cifar-10 from a pipe")
        assert labels.tolist() == imported("cifar10", cifar)[1].tolist()
        random = np.random.default_rng(3)
        for folder in ("b", "a"):
            (scratch / "set" / folder).mkdir(parents=True)
            for i in range(3):
                pixels = random.integers(0, 256, (4 + i, 5, 3), np.uint8)
                (scratch / "set" / folder / f"{i}.ppm").write_bytes(netpbm(pixels))
        (scratch / "set" / "note.txt").write_text("no image")
        names = [f"{folder}/{i}.ppm" for folder in "ab" for i in range(3)] + ["note.txt"]
        with zipfile.ZipFile(scratch / "set.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.write(scratch / "set" / name, name)
        for mode in ("", ":gz", ":bz2", ":xz"):
            with tarfile.open(scratch / f"set{mode[1:]}.tar", "w" + mode) as archive:
                for name in names:
                    archive.add(scratch / "set" / name, name)
        with tarfile.open(scratch / "dot.tar", "w") as archive:
            for name in names:
                content = (scratch / "set" / name).read_bytes()
                entry = tarfile.TarInfo("./" + name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
        plain = ["import", "images", "--size", 6]
        want = tool(*plain, scratch / "set")
        for name in ("set.zip", "dot.tar"):
            assert tool(*plain, scratch / name) == want, name
        options = ["import", "images", "--class-from-folder", "--size", 6]
        want = tool(*options, scratch / "set")
        for name in ("set.zip", "set.tar", "setgz.tar", "setbz2.tar", "setxz.tar"):
            assert tool(*options, scratch / name) == want, name
        (scratch / "names").write_text("a\nb\n")
        for name in ("set.zip", "setgz.tar"):
            piped = tool(*options, "--class-names", scratch / "names", "-",
                         source=(scratch / name).read_bytes())
            assert piped == want, name


def boxes_in_archives_are_those_in_folders():
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for folder in ("Annotations", "JPEGImages", "SegmentationClass"):
            (scratch / "voc" / folder).mkdir(parents=True)
        random = np.random.default_rng(7)
        faces = ""
        for i in range(5):
            name = "other.jpg" if i == 3 else f"{i}.jpg"  # PNM by content
            pixels = random.integers(0, 256, (10, 20, 3), np.uint8)
            (scratch / "voc/JPEGImages" / name).write_bytes(netpbm(pixels))
            (scratch / "voc/SegmentationClass" / f"{i}.png").write_bytes(netpbm(255 - pixels))
            (scratch / "voc/Annotations" / f"{i}.xml").write_text(
                f"<annotation><filename>{name}</filename><object><name>cat</name><bndbox>"
                f"<xmin>{i}</xmin><ymin>1</ymin><xmax>15</xmax><ymax>9</ymax></bndbox></object></annotation>")
            faces += f"voc/JPEGImages/{name}\n1\n{i} 1 5 6\n"
        files = sorted(str(path.relative_to(scratch)) for path in scratch.rglob("*.*"))
        (scratch / "faces.txt").write_text(faces)
        # Images of annotations 3 and 4 change places, and what is no image of theirs comes first.
        files.sort(key=lambda path: (path.split("/")[1] != "SegmentationClass", path))
        with tarfile.open(scratch / "voc.tar.gz", "w:gz") as archive:
            for name in files:
                archive.add(scratch / name, "VOCdevkit/" + name)
        def shown(*arguments):
            stream = tool("import", *arguments, "--size", "8,4", "--min-area", 0, "--class-names", scratch / "names")
            lines = tool("show", "--all", source=stream).decode().splitlines()
            pixels = np.load(io.BytesIO(tool("to-npy", source=stream)))
            return {line.split("  ")[1]: (line.split("  ")[2:], pixels[i].tobytes())
                    for i, line in enumerate(line for line in lines if line.startswith("index"))}
        (scratch / "names").write_text("cat\n")
        archive = scratch / "voc.tar.gz"
        want = shown("voc", scratch / "voc/Annotations", scratch / "voc/JPEGImages")
        assert len(want) == 5 and shown("voc", archive, archive) == want
        assert shown("voc", scratch / "voc/Annotations", archive) == want
        want = shown("widerface", scratch / "faces.txt", scratch)
        assert len(want) == 5 and shown("widerface", scratch / "faces.txt", archive) == want
        (scratch / "faces.txt").write_text(faces + "missing.jpg\n1\n1 1 2 2\n")
        failed = subprocess.run(["akida-data", "import", "widerface", scratch / "faces.txt", archive,
                                 "--size", "8,4"], capture_output=True)
        message = f"akida-data: error: {archive}: no image 'missing.jpg'\n"
        assert failed.returncode == 1 and failed.stderr.decode() == message, failed.stderr


def ages_are_targets():
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("100_0_0_20170112213500903.jpg.chip.jpg", "1_1_2_x.jpg", "26_1.jpg"):
            (pathlib.Path(scratch) / name).write_bytes((TESTDATA / "images/rgb.jpg").read_bytes())
        samples, targets = imported("utkface", "--size", 4, scratch)
        assert samples.shape == (3, 4, 4, 3) and targets.tolist() == [[100], [1], [26]], targets


VALIDATION = [(0, 12, 9, 0), (1, 9, 14, 999), (2, 20, 8, -1), (3, 8, 8, 281), (4, 7, 11, -1),
              (5, 10, 10, 2)]


def records_are_evaluated_as_documented():
    samples, labels = imported("imagenet", "--size", "16,12", SETS / "tfrecord")
    for (n, width, height, label), got, got_label in zip(VALIDATION, samples, labels, strict=True):
        same(got, numbers.imagenet(pattern(width, height, n), 16, 12), f"record {n}")
        assert got_label == label, (n, got_label)


def records_hold_photographs():
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(SETS))
    import make

    paths = [path for path in photographs() if path.suffix == ".jpg"]
    frames = b"".join(make.framed(make.example({
        "image/encoded": make.bytes_list(path.read_bytes()),
        "image/class/label": make.int64_list(i + 1)})) for i, path in enumerate(paths))
    samples, labels = imported("imagenet", "--jobs", 2, "--size", 192, "-", source=frames)
    assert labels.tolist() == list(range(len(paths))), labels
    for path, pixels in zip(paths, samples):
        original = np.asarray(Image.open(path).convert("RGB"))
        same(pixels, numbers.imagenet(original, 192, 192), path.name)


def interleaved_files_take_turns():
    files = [SETS / "tfrecord" / f"validation-0000{i}-of-00002" for i in range(2)]
    labels = imported("imagenet", "--size", 8, "--interleave", 2, *files)[1]
    assert labels.tolist() == [0, -1, 999, 2, -1, 281], labels
    labels = imported("imagenet", "--size", 8, "--drop-remainder", 4, *files)[1]
    assert labels.tolist() == [0, 999, -1, 281], labels


def training_shuffles_as_documented_by_default():
    options = ["import", "imagenet", "--size", 8, "--training", "--seed", 2]
    default = tool(*options, SETS / "tfrecord")
    assert default == tool(*options, "--shuffle-buffer", 10000, "--interleave", 10, SETS / "tfrecord")
    plain = tool(*options, "--shuffle-buffer", 1, "--interleave", 1, SETS / "tfrecord")
    assert default != plain
    assert tool("import", "imagenet", "--size", 8, "--interleave", 1, SETS / "tfrecord") == \
        tool("import", "imagenet", "--size", 8, SETS / "tfrecord")


def shards_part_the_files():
    labels = [imported("imagenet", "--grey", "--size", 8, "--shard", f"{i}/2", SETS / "tfrecord")
              for i in range(2)]
    assert [part[1].tolist() for part in labels] == [[0, 999, -1, 281], [-1, 2]], labels
    assert labels[0][0].shape == (4, 8, 8, 1)


def training_depends_on_the_seed_alone():
    def stream(seed, jobs, *more):
        return tool("import", "imagenet", "--training", "--colours", "--seed", seed, "--jobs", jobs,
                    "--size", 16, "--shuffle-buffer", 3, "--interleave", 2, *more,
                    SETS / "tfrecord")

    first = stream(1, 1)
    assert stream(1, 2) == first and stream(2, 1) != first
    shown = tool("show", "--all", source=stream(1, 2, "--epochs", 50)).decode().splitlines()
    ids = [line.split("  ")[1] for line in shown if line.startswith("index")]
    epochs = [tuple(ids[i:i + 6]) for i in range(0, 300, 6)]
    assert len(ids) == 300 and all(set(epoch) == set(ids) for epoch in epochs), epochs
    assert len(set(epochs)) > 25, "epochs repeat their order"


def main():
    tests = [filters_follow_their_formulas, antialias_is_pillows, fits_follow_their_formulas,
             photographs_are_decoded_and_resized_as_by_pillow,
             four_colours_and_bitmaps_are_decoded_as_by_pillow,
             photographs_are_cropped_as_documented, photographs_are_turned_upright_as_by_pillow,
             jpegs_of_too_many_scans_are_refused, cifar_records_are_images_and_labels,
             archives_hold_what_folders_hold, boxes_in_archives_are_those_in_folders,
             ages_are_targets, records_are_evaluated_as_documented,
             records_hold_photographs, interleaved_files_take_turns,
             training_shuffles_as_documented_by_default, shards_part_the_files,
             training_depends_on_the_seed_alone, streams_are_resized_as_files_are,
             training_parts_of_files_and_streams_are_equal]
    print(f"1..{len(tests)}", flush=True)
    failed = False
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except AssertionError as fault:
            failed = True
            print(f"not ok {number} - {name}\n# {fault}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
