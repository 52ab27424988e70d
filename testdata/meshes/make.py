#!/usr/bin/python3
"""make - writes the meshes of this folder with the standard library only.

Every file but points.ply is the cube [0, 1]^3 with eight vertices and six squares, written in the
ways that a format allows.
"""

import io
import pathlib
import pickle
import struct
import zipfile

HERE = pathlib.Path(__file__).resolve().parent

VERTICES = [(x, y, z) for x in (0, 1) for y in (0, 1) for z in (0, 1)]
SQUARES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]


def lines(rows):
    return "".join(" ".join(map(str, row)) + "\n" for row in rows)


def off(magic, vertices=VERTICES, faces=None):
    return magic + lines(vertices) + lines(faces or [(4, *square) for square in SQUARES])


def commented_off():
    text = "# a cube\n\n  COFF # with colours\n\n# counts\n8 6 12\n"
    text += "".join(f"\t{x}.0 {y}e0  +{z} 255 0 0 255  # vertex\r\n\r\n" for x, y, z in VERTICES)
    return text + lines((4, *square, 0.5, 0.5, 1) for square in SQUARES) + "1 0\n2 0 1\n"


def obj():
    text = "# a cube\nmtllib cube.mtl\no cube\n" + lines(("v", *v, 0.5, 0.5, 0.5) for v in VERTICES)
    text += "vn 0 0 1\nvt 0 0\ng side\nusemtl red\ns off\nl 1 2\n"
    for number, square in enumerate(SQUARES):
        ending = ["", "/1", "//1", "/1/1"][number % 4]
        words = [f"{v + 1}{ending}" for v in square]
        text += "f " + " ".join(words[:2]) + " \\\n  " + " ".join(words[2:]) + "\n"
    return text


def relative_obj():
    """Each face follows the vertices so far, or names vertices that are yet to come."""
    text = "f 1 2 4 3\n" + lines(("v", *v) for v in VERTICES)
    return text + lines(("f", *(v - 8 for v in square)) for square in SQUARES[1:])


def ply(kind):
    order = {"ascii": None, "binary_little_endian": "<", "binary_big_endian": ">"}[kind]
    header = f"""ply
format {kind} 1.0
comment a cube
element strip 2
property list uchar short values
property float64 weight
element vertex 8
property uchar red
property float x
property double y
property short z
element face 6
property list uchar int vertex_indices
property list uchar float texcoord
end_header
"""
    data = b""
    for weight in (1, 2):
        row = [2, 7, 8, weight]
        data += lines([row]).encode() if not order else struct.pack(order + "Bhhd", *row)
    for x, y, z in VERTICES:
        data += (lines([(9, x, y, z)]).encode() if not order
                 else struct.pack(order + "Bfdh", 9, x, y, z))
    for square in SQUARES:
        data += (lines([(4, *square, 2, 0, 1)]).encode() if not order
                 else struct.pack(order + "B4iB2f", 4, *square, 2, 0, 1))
    return header.encode() + data


def npy(descr, shape, data):
    header = str({"descr": descr, "fortran_order": False, "shape": shape})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header.encode() + data


def cache():
    """Two training clouds and one test cloud of four points, in double precision."""
    cloud = struct.pack("<12d", *range(12))
    members = {
        "train_points": npy("<f8", (2, 4, 3), cloud + struct.pack("<12d", *range(-12, 0))),
        "train_labels": npy("<i8", (2,), struct.pack("<2q", 1, 0)),
        "test_points": npy("<f8", (1, 4, 3), cloud),
        "test_labels": npy("<i8", (1,), struct.pack("<q", 1)),
        "class_map": npy("|O", (), pickle.dumps({0: "bed", 1: "chair"}, protocol=4)),
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name + ".npy"), content)
    return file.getvalue()


def tree():
    """A data set of two classes, with what macOS adds to a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ["Set/README.txt", "Set/chair/train/chair_1.off", "Set/chair/test/chair_2.off",
                     "Set/bed/train/bed_1.off", "Set/.DS_Store",
                     "__MACOSX/Set/bed/train/._bed_1.off", "Set/bed/train/.hidden.off"]:
            content = off("OFF\n8 6 0\n") if not name.rsplit("/", 1)[1].startswith(".") else "junk"
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


FILES = {
    "cube.off": off("OFF\n8 6 12\n"),
    "glued.off": off("OFF8 6 0\n"),
    "one_line.off": off("  OFF 8 6 # no edges\n"),
    "commented.off": commented_off().replace("8 6 12", "8 8 12"),
    "cube.obj": obj(),
    "relative.obj": relative_obj(),
    "ascii.ply": ply("ascii"),
    "little.ply": ply("binary_little_endian"),
    "big.ply": ply("binary_big_endian"),
    "points.ply": "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\n"
                  "property float z\nend_header\n1 2 3\n4 5 6\n7 8 9\n",
    "cache.npz": cache(),
    "tree.zip": tree(),
}

if __name__ == "__main__":
    for name, content in FILES.items():
        (HERE / name).write_bytes(content.encode() if isinstance(content, str) else content)
