"""Plots the CSV of a figure again and compares it with the paths of its SVG.

Shares no code with Valleywalk: the axes are read from the tick labels that stand in the SVG, the points from the CSV.
Usage: replot.py FIGURE.svg FIGURE.csv X Y [linear|log [linear|log]]; X and Y are columns of the CSV, the scales those of
the vertical and the horizontal axis. Prints JSON: how many points were
compared, and the greatest distance of one of them from the drawn line in px.
"""

import csv
import json
import math
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np

SVG = "{http://www.w3.org/2000/svg}"


def number(text):
    """A tick label as a number; None for other texts. Powers of ten are written with superscripts."""
    text = text.replace("\u2212", "-").replace(",", "")
    superscript = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b", "0123456789-")
    power = re.fullmatch(r"(?:(-?[\d.]+)\u00d7)?10([\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u207b]+)", text)
    if power:
        return float(power[1] or 1) * 10.0 ** int(power[2].translate(superscript))
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def axis(root, anchor, coordinate, scale):
    """The straight line from a value (or its logarithm) to px, through all tick labels of one axis."""
    values, places = [], []
    for text in root.iter(SVG + "text"):
        place = re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
        value = number(text.text or "")
        if text.get("text-anchor") == anchor and place and value is not None:
            values.append(scale(value))
            places.append(float(place[coordinate]))
    if len(values) < 2:
        raise SystemExit(f"fewer than two tick labels ({anchor})")
    slope, offset = np.polyfit(values, places, 1)
    worst = np.max(np.abs(slope * np.array(values) + offset - places))
    # a tick label is rounded to four digits; more than a px would be another axis
    assert worst < 1, f"tick labels do not lie on a line: {worst} px"
    return lambda value: slope * scale(value) + offset


def drawn(root):
    """Every vertex of every unfilled path, as [n, 2]."""
    points = []
    for path in root.iter(SVG + "path"):
        if path.get("fill") != "none":
            continue
        points += [(float(x), float(y)) for x, y in re.findall(r"[ML] ?(-?[\d.]+) (-?[\d.]+)", path.get("d", ""))]
    return np.array(points)


def main():
    svg, table, x_column, y_column = sys.argv[1:5]
    scale, scale_x = (sys.argv[5:] + ["linear", "linear"])[:2]
    root = ElementTree.parse(svg).getroot()
    to_x = axis(root, "middle", 1, math.log10 if scale_x == "log" else float)
    to_y = axis(root, "end", 2, math.log10 if scale == "log" else float)
    vertices = drawn(root)
    compared, worst = 0, 0.0
    with open(table, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row[x_column] == "" or row[y_column] == "":
                continue
            point = np.array([to_x(float(row[x_column])), to_y(float(row[y_column]))])
            worst = max(worst, float(np.min(np.hypot(*(vertices - point).T))))
            compared += 1
    print(json.dumps({"compared": compared, "worst": worst}))


main()
