#!/usr/bin/python3
"""point_clouds_test - meshes, sampling, grouping and caches against numpy, as TAP.

usage: point_clouds_test.py BINDIR

Everything that the tools compute from a mesh to the bytes a network reads is computed again here:
mesh files by readers of a few lines, Philox by its definition, points, neighbours and folding by
numpy; results must be equal to the bit. AKIDA_DATA names the folder of real data (meshes/; default:
../shared/data beside the source); where it is absent the check of real meshes is skipped.
"""

import hashlib
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import numpy as np

MASK = 0xFFFFFFFF


class Philox:
    """Philox4x32-10 in counter order, as base/random.h names its sequences."""

    def __init__(self, seed, a=0, b=0, c=0):
        self.key, self.counter, self.words = (seed & MASK, seed >> 32), [0, a, b, c], []

    def block(self):
        x0, x1, x2, x3 = self.counter
        k0, k1 = self.key
        for _ in range(10):
            p0, p1 = 0xD2511F53 * x0, 0xCD9E8D57 * x2
            x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & MASK, (p0 >> 32) ^ x3 ^ k1, p0 & MASK
            k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
        self.counter[0] += 1
        return [x0, x1, x2, x3]

    def next(self):
        if not self.words:
            self.words = self.block()[::-1]
        return self.words.pop()

    def below(self, limit):
        while True:
            product = self.next() * limit
            if (product & MASK) >= (2**32 - limit) % limit:
                return product >> 32

    def fine(self):
        return (((self.next() << 32) | self.next()) >> 11) * 2.0**-53

    def shuffle(self, count, size):
        order = list(range(size))
        for i in range(count):
            j = i + self.below(size - i)
            order[i], order[j] = order[j], order[i]
        return order[:count]


# --- meshes ---------------------------------------------------------------------------------------


def fan(polygons):
    return [(p[0], p[i - 1], p[i]) for p in polygons for i in range(2, len(p))]


def read_off(text):
    rows = [line.split("#")[0].split() for line in text.split("\n")]
    rows = [row for row in rows if row]
    head = rows[0][0][3:]
    counts = ([head] if head else []) + rows[0][1:]
    rows = rows[1:]
    if not counts:
        counts, rows = rows[0], rows[1:]
    vertices, faces = int(counts[0]), int(counts[1])
    return ([tuple(map(float, row[:3])) for row in rows[:vertices]],
            fan([[int(i) for i in row[1:1 + int(row[0])]]
                 for row in rows[vertices:vertices + faces]]))


def read_obj(text):
    vertices, polygons = [], []
    for row in (line.split() for line in text.split("\n")):
        if row[:1] == ["v"]:
            vertices.append(tuple(map(float, row[1:4])))
        elif row[:1] == ["f"]:
            indices = [int(word.split("/")[0]) for word in row[1:]]
            polygons.append([i - 1 if i > 0 else len(vertices) + i for i in indices])
    return vertices, fan(polygons)


def read_ply(text):
    head, body = text.split("end_header\n")
    counts = {name: int(n) for name, n in re.findall(r"element (\w+) (\d+)", head)}
    names = re.findall(r"property float (\w+)", head.split("element face")[0])
    assert names[:3] == ["x", "y", "z"]
    rows = [line.split() for line in body.split("\n")]
    vertices = [tuple(np.float64(v) for v in row[:3]) for row in rows[:counts["vertex"]]]
    faces = rows[counts["vertex"]:counts["vertex"] + counts["face"]]
    return vertices, fan([[int(i) for i in row[1:1 + int(row[0])]] for row in faces])


READERS = {".off": read_off, ".obj": read_obj, ".ply": read_ply}


def draw(mesh, count, seed, identity, center=False):
    """The cloud of a mesh, float32 [count, 3]."""
    vertices, triangles = np.array(mesh[0]), np.array(mesh[1])
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    u, v = b - a, c - a
    normal = np.stack([u[:, 1] * v[:, 2] - u[:, 2] * v[:, 1], u[:, 2] * v[:, 0] - u[:, 0] * v[:, 2],
                       u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]], axis=1)
    areas = np.sqrt(normal[:, 0]**2 + normal[:, 1]**2 + normal[:, 2]**2) / 2
    up_to = np.cumsum(areas)
    keys = struct.unpack(">3I", hashlib.sha256(identity.encode()).digest()[:12])
    dice = Philox(seed, *keys)
    points = np.empty((count, 3))
    for i in range(count):
        place = np.searchsorted(up_to, dice.fine() * up_to[-1], side="right")
        s, t = dice.fine(), dice.fine()
        if s + t > 1:
            s, t = 1 - s, 1 - t
        points[i] = a[place] + s * u[place] + t * v[place]
    if center:
        points -= np.cumsum(points, axis=0)[-1] / count
    return (points / np.abs(points).max()).astype("f4")


# --- grouping -------------------------------------------------------------------------------------


def fold_of(neighbours):
    return {4: 2, 8: 2, 16: 4, 32: 4, 64: 8, 128: 8, 256: 16, 512: 16}[neighbours]


def farthest(points, count):
    points = points.astype("f8")
    chosen, nearest = [0], np.full(len(points), np.inf)
    while len(chosen) < count:
        step = points - points[chosen[-1]]
        nearest = np.minimum(nearest, step[:, 0]**2 + step[:, 1]**2 + step[:, 2]**2)
        nearest[chosen[-1]] = -1
        chosen.append(int(np.argmax(nearest)))
    return chosen


def group(points, selected, neighbours):
    """The documented input of the network for points [S, 3] float32, as uint8 [S f, K / f, 3].

    Written as the documentation has it: tensor (S, K, F) with the centroid's coordinates first,
    transposed, folded and transposed back, as floats and then as bytes.
    """
    levels = np.clip(np.rint((points + np.float32(1)) * np.float32(127) / np.float32(2)), 0, 127)
    distance = ((levels[:, None] - levels[None])**2).sum(axis=2)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :neighbours]
    grouped = levels[nearest] - levels[:, None]
    grouped[:, 0] = levels
    x = (grouped / np.float32(127)).astype("f4")
    fold = fold_of(neighbours)
    x = x.transpose(2, 0, 1).reshape(3, selected * fold, neighbours // fold).transpose(1, 2, 0)
    return (x * np.float32(127) + np.float32(127)).astype("u1")


def augmented(cloud, seed, index, copy, jitter, shuffled):
    dice = Philox(seed, 1, index, copy)
    cloud = cloud.copy()
    if jitter:
        moves = np.array([dice.next() * 2.0**-32 for _ in range(cloud.size)]).reshape(cloud.shape)
        cloud = (cloud.astype("f8") + jitter * (2 * moves - 1)).astype("f4")
    return cloud[dice.shuffle(len(cloud), len(cloud))] if shuffled else cloud


# --- the data set of the checks -------------------------------------------------------------------


def random_mesh(dice):
    """An OFF text of random triangles and quadrangles, and the mesh."""
    vertices = [tuple(round(dice.uniform(-9, 9), 4) for _ in range(3)) for _ in range(20)]
    polygons = [dice.sample(range(20), dice.choice([3, 3, 4, 5])) for _ in range(30)]
    head = dice.choice(["OFF\n20 30 0\n", "OFF20 30 0\n", "OFF 20 30\n", "# note\nOFF\n\n20 30 50\n"])
    text = head + "".join("%r %r %r\n" % v for v in vertices)
    text += "".join(" ".join(map(str, [len(p), *p])) + "\n" for p in polygons)
    return text, (vertices, fan(polygons))


class Workshop:
    def __init__(self, bindir, folder):
        self.bindir, self.folder = pathlib.Path(bindir).resolve(), pathlib.Path(folder)
        source = pathlib.Path(__file__).resolve().parents[2]
        self.data = pathlib.Path(os.environ.get("AKIDA_DATA", source / "../shared/data"))
        dice = random.Random(1)
        self.meshes = {}
        for place in ["lamp/train/lamp_1", "lamp/train/lamp_2", "lamp/test/lamp_3",
                      "bed/train/bed_1", "bed/test/bed_2", "night stand/train/stand_1"]:
            text, mesh = random_mesh(dice)
            path = self.folder / "Net" / f"{place}.off"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            self.meshes[f"{place}.off"] = mesh
        self.must("akida-data import modelnet Net --set train -n 300 --seed 9 -o train.aks")
        self.must("akida-data import modelnet Net --set test -n 300 --seed 9 -o test.aks")

    def run(self, line):
        words = line.split()
        return subprocess.run([self.bindir / words[0], *words[1:]], cwd=self.folder,
                              capture_output=True, text=True, check=False)

    def must(self, line):
        done = self.run(line)
        if done.returncode != 0:
            raise RuntimeError(f"{line}: {done.stderr}")
        return done.stdout

    def arrays(self, stream):
        """(samples, labels or None) of a stream."""
        labels = "labels class" in self.must(f"akida-data show -n 0 {stream}")
        self.must(f"akida-data to-npy {stream} -o x.npy" + (" --labels y.npy" if labels else ""))
        return (np.load(self.folder / "x.npy"),
                np.load(self.folder / "y.npy") if labels else None)

    def ids(self, stream):
        return re.findall(r"^index \d+  id (.*?)  ", self.must(f"akida-data show --all {stream}"),
                          re.M)


# --- checks ---------------------------------------------------------------------------------------


def check_tree(shop):
    """a tree gives the clouds that numpy draws, in order, with sorted classes"""
    for name in ("train", "test"):
        clouds, labels = shop.arrays(f"{name}.aks")
        places = sorted(p for p in shop.meshes if f"/{name}/" in p)
        ids = [p.replace(f"/{name}/", "/") for p in places]
        classes = ["bed", "lamp", "night stand"]
        if shop.ids(f"{name}.aks") != ids:
            yield f"{name}: ids {shop.ids(f'{name}.aks')}"
        if list(labels) != [classes.index(i.split("/")[0]) for i in ids]:
            yield f"{name}: labels {labels}"
        for cloud, place, identity in zip(clouds, places, ids):
            want = draw(shop.meshes[place], 300, 9, identity)
            if not np.array_equal(cloud[:, 0], want):
                yield f"{identity}: {np.abs(cloud[:, 0] - want).max()} apart"


def check_archives(shop):
    """a zip and tars of the tree, with what macOS adds, give the clouds of the folder"""
    files = sorted((shop.folder / "Net").rglob("*.off"))
    with zipfile.ZipFile(shop.folder / "net.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, "Net/" + str(path.relative_to(shop.folder / "Net")))
            archive.writestr(f"__MACOSX/Net/bed/train/._{path.name}", b"\0\5\26\7")
        archive.writestr("Net/README.txt", "of no interest")
    for ending in ("tar", "tar.gz", "tar.xz", "tar.bz2"):
        mode = "w:" + ending[4:] if "." in ending else "w"
        with tarfile.open(shop.folder / f"net.{ending}", mode) as archive:
            archive.add(shop.folder / "Net", "Net", filter=lambda info: info)
    want = dict(zip(shop.ids("train.aks"), shop.arrays("train.aks")[0]))
    for ending in ("zip", "tar", "tar.gz", "tar.xz", "tar.bz2"):
        shop.must(f"akida-data import modelnet net.{ending} -s train -n 300 --seed 9 -j 2 -o z.aks")
        got = dict(zip(shop.ids("z.aks"), shop.arrays("z.aks")[0]))
        if got.keys() != want.keys() or any(not np.array_equal(got[i], want[i]) for i in want):
            yield f"net.{ending}: other clouds"


def check_center(shop):
    """--center subtracts the mean first"""
    shop.must("akida-data import modelnet Net -s test -n 300 --seed 9 --center -o c.aks")
    want = draw(shop.meshes["bed/test/bed_2.off"], 300, 9, "bed/bed_2.off", center=True)
    if not np.array_equal(shop.arrays("c.aks")[0][0, :, 0], want):
        yield "another cloud"


def check_grouping(shop):
    """groups equal the documented ones byte for byte, for every size and selection"""
    clouds, labels = shop.arrays("test.aks")
    for selected, neighbours in [(128, 64), (128, 4), (20, 8), (16, 16), (300, 32), (128, 128),
                                 (256, 256)]:
        line = f"akida-data group-points --selected {selected} --neighbours {neighbours} test.aks"
        for how in ("shuffle", "farthest", "first"):
            shop.must(f"{line} --select {how} -o g.aks")
            got, got_labels = shop.arrays("g.aks")
            if got.dtype != np.uint8 or list(got_labels) != list(labels):
                yield f"{selected} {neighbours}: type or labels"
            for cloud, bytes_of in zip(clouds[:, :, 0], got):
                chosen = {"first": range(selected), "farthest": farthest(cloud, selected),
                          "shuffle": Philox(40).shuffle(selected, 300)}[how]
                want = group(cloud[list(chosen)], selected, neighbours)
                if not np.array_equal(bytes_of, want):
                    yield f"{selected} {neighbours} {how}: {(bytes_of != want).sum()} bytes differ"


def check_augmentation(shop):
    """jitter, shuffled points and copies are what their random numbers say"""
    clouds, labels = shop.arrays("train.aks")
    for jitter, shuffled in [(0.005, True), (0.3, False), (0, True)]:
        option = "--shuffle-points" if shuffled else ""
        shop.must(f"akida-data group-points --jitter {jitter} {option} --copies 3 --seed 5 "
                  "--selected 32 --neighbours 16 --select first train.aks -o g.aks")
        got, got_labels = shop.arrays("g.aks")
        if list(got_labels) != list(np.repeat(labels, 3)):
            yield f"labels {got_labels}"
        ids = shop.ids("train.aks")
        if shop.ids("g.aks") != [i + s for i in ids for s in ("", "#1", "#2")]:
            yield f"ids {shop.ids('g.aks')}"
        for number, bytes_of in enumerate(got):
            cloud = augmented(clouds[number // 3][:, 0], 5, number // 3, number % 3, jitter, shuffled)
            if not np.array_equal(bytes_of, group(cloud[:32], 32, 16)):
                yield f"jitter {jitter}: sample {number} differs"


def check_area(shop):
    """points fall on triangles by their areas (chi-square) and lie in their planes"""
    dice = random.Random(3)
    corners = [tuple(dice.uniform(-1, 1) for _ in range(3)) for _ in range(60)]
    text = "OFF\n60 20 0\n" + "".join("%r %r %r\n" % v for v in corners)
    text += "".join(f"3 {3 * i} {3 * i + 1} {3 * i + 2}\n" for i in range(20))
    (shop.folder / "area.off").write_text(text)
    shop.must("akida-data import meshes area.off -n 40000 --seed 2 -o area.aks")
    points = shop.arrays("area.aks")[0][0, :, 0].astype("f8")
    a, b, c = (np.array(corners[i::3]) for i in range(3))
    normal = np.cross(b - a, c - a)
    areas = np.linalg.norm(normal, axis=1) / 2
    unit = normal / np.linalg.norm(normal, axis=1)[:, None]
    # The scale is the largest coordinate of any point, unknown here: try that of the corners,
    # which bounds it, and refine it by the planes themselves.
    scale = np.abs(np.array(corners)).max()
    for _ in range(50):
        away = points @ unit.T * scale - (a * unit).sum(axis=1)
        home = np.abs(away).argmin(axis=1)
        on_plane = (a * unit).sum(axis=1)[home]
        along = (points * unit[home]).sum(axis=1)
        scale = (along @ on_plane) / (along @ along)
    worst = np.abs(along * scale - on_plane).max()
    counts = np.bincount(home, minlength=20)
    expected = areas / areas.sum() * len(points)
    chi_square = ((counts - expected)**2 / expected).sum()
    print(f"# 20 triangles, 40000 points: chi-square {chi_square:.1f}, off the planes {worst:.1e}")
    if chi_square > 43.8:  # the 0.1 % quantile for 19 degrees of freedom
        yield f"chi-square {chi_square}"
    if worst > 1e-6:
        yield f"a point is {worst} off its plane"


def check_box(shop):
    """every point of a box's cloud lies on the box"""
    box = [(x, y, z) for x in (-1, 1) for y in (-0.5, 0.5) for z in (-0.25, 0.25)]
    squares = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    text = "".join("v %r %r %r\n" % v for v in box)
    text += "".join("f " + " ".join(str(v + 1) for v in s) + "\n" for s in squares)
    (shop.folder / "box.obj").write_text(text)
    shop.must("akida-data import meshes box.obj -n 20000 -o box.aks")
    points = np.abs(shop.arrays("box.aks")[0][0, :, 0].astype("f8"))
    on_face = np.isclose(points, [1, 0.5, 0.25], rtol=0, atol=1e-7).any(axis=1)
    inside = (points <= np.array([1, 0.5, 0.25]) + 1e-7).all()
    if not on_face.all() or not inside:
        yield f"{(~on_face).sum()} points are off the box"


def check_cache(shop):
    """an .npz file of the documented form is read and written"""
    dice = np.random.default_rng(1)
    arrays = {}
    for name, count in (("train", 5), ("test", 3)):
        arrays[f"{name}_points"] = dice.uniform(-1, 1, (count, 40, 3))
        arrays[f"{name}_labels"] = dice.integers(0, 3, count)
    names = {0: "airplane", 1: "night_stand", 2: "tv stand"}
    for save, kind in ((np.savez, "f8"), (np.savez_compressed, "f8"), (np.savez, "f4")):
        typed = {k: v.astype(kind) if "points" in k else v for k, v in arrays.items()}
        save(shop.folder / "in.npz", **typed, class_map=names)
        for name in ("train", "test"):
            shop.must(f"akida-data import clouds in.npz --set {name} -o in_{name}.aks")
            clouds, labels = shop.arrays(f"in_{name}.aks")
            if not np.array_equal(clouds[:, :, 0], arrays[f"{name}_points"].astype("f4")):
                yield f"{name} points differ"
            if list(labels) != list(arrays[f"{name}_labels"]):
                yield f"{name} labels differ"
        shop.must("akida-data to-npz in_train.aks in_test.aks -o out.npz")
        back = np.load(shop.folder / "out.npz", allow_pickle=True)
        if back["class_map"].item() != names:
            yield f"class_map {back['class_map']}"
        for key, array in arrays.items():
            if not np.array_equal(back[key], array.astype("f4") if "points" in key else array):
                yield f"{key} differs"
        if zipfile.ZipFile(shop.folder / "out.npz").testzip() is not None:
            yield "the zip is damaged"
        if "class 1  night_stand" not in shop.must("akida-data show -n 0 in_test.aks"):
            yield "class names are lost"


def check_network(shop):
    """the network of the zoo takes the groups with input scaling (127, 127)"""
    shop.must("akida-data group-points test.aks -o g.aks")
    shop.must("akida-build zoo pointnet_plus_modelnet40 -o net.fbz")
    outputs = shop.must("akida-run forward net.fbz g.aks --format json")
    if outputs.count("\n") != 2:
        yield f"outputs {outputs}"
    for selected, neighbours in ((64, 16), (256, 256), (32, 32)):
        shop.must(f"akida-data group-points test.aks --selected {selected} "
                  f"--neighbours {neighbours} -o g.aks")
        shop.must(f"akida-build zoo pointnet_plus_modelnet40 --selected-points {selected} "
                  f"--knn-points {neighbours} -o net.fbz")
        shop.must("akida-run forward net.fbz g.aks --format json")


def check_real(shop):
    """real meshes give the clouds that numpy draws"""
    folder = shop.data / "meshes"
    for path in sorted(folder.iterdir()):
        if path.suffix not in READERS or path.name.startswith("points"):
            continue
        mesh = READERS[path.suffix](path.read_text().lstrip())
        shop.must(f"akida-data import meshes {path.resolve()} -n 200 --seed 3 -o real.aks")
        got = shop.arrays("real.aks")[0][0, :, 0]
        want = draw(mesh, 200, 3, path.name)
        print(f"# {path.name}: {len(mesh[0])} vertices, {len(mesh[1])} triangles")
        if not np.array_equal(got, want):
            yield f"{path.name}: {np.abs(got - want).max()} apart"
    for name in ("points_ascii.ply", "points_bin.ply"):
        path = (folder / name).resolve()
        shop.must(f"akida-data import meshes {path} -n 5 -o real.aks")
        got = shop.arrays("real.aks")[0][0, :, 0]
        body = path.read_bytes().split(b"end_header\n")[1]
        want = (np.frombuffer(body[:60], "<f4").reshape(5, 3) if "bin" in name
                else np.array(body.split(), "f8").reshape(5, 3)).astype("f8")
        want = (want / np.abs(want).max()).astype("f4")
        if sorted(map(tuple, got.tolist())) != sorted(map(tuple, want.tolist())):
            yield f"{name}: other points"


CHECKS = [check_tree, check_archives, check_center, check_grouping, check_augmentation, check_area,
          check_box, check_cache, check_network, check_real]


def main():
    if len(sys.argv) != 2:
        print("usage: point_clouds_test.py BINDIR", file=sys.stderr)
        return 2
    print(f"1..{len(CHECKS)}")
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        shop = Workshop(sys.argv[1], folder)
        for number, check in enumerate(CHECKS, 1):
            if check is check_real and not (shop.data / "meshes").is_dir():
                print(f"ok {number} - {check.__doc__} # SKIP no folder of real data with meshes")
                continue
            faults = list(check(shop))
            failed = failed or bool(faults)
            for fault in faults:
                print("# " + fault)
            print(f"{'not ok' if faults else 'ok'} {number} - {check.__doc__}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
