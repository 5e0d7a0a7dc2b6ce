"""Makes reference.json: what NumPy says of means, deviations, quantiles and intervals, for the tests of bands.

usage: reference.py > reference.json

Needs NumPy and mpmath. Moments are NumPy's own in long double (80 bits), so that their rounding lies below what is tested and the squares of
1e300 are numbers; quantiles are numpy.quantile's default, linear; quantiles of Student's distribution come from mpmath with 40 digits, by the
incomplete beta function, because NumPy has none. The random values have a fixed seed.
"""

import json

import numpy as np
from mpmath import betainc, findroot, mp, mpf

mp.dps = 40
assert np.finfo(np.longdouble).nmant >= 63


def student(freedom):
    """97.5 % quantile of Student's distribution."""
    freedom = mpf(freedom)

    def above(t):
        return betainc(freedom / 2, mpf(1) / 2, 0, freedom / (freedom + t * t), regularized=True) / 2 - mpf("0.025")

    low, high = mpf("1.9"), mpf("13")
    for _ in range(160):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) > 0 else (low, middle)
    return (low + high) / 2


def moments(values):
    wide = np.asarray(values, np.longdouble)
    deviation = np.std(wide, ddof=1) if len(wide) > 1 else np.longdouble("nan")
    return np.mean(wide), deviation


def ends(values):
    return [float(one) for one in np.quantile(np.asarray(values, float), [0.25, 0.5, 0.75])]


def number(value):
    value = float(value)
    return value if np.isfinite(value) else None


def sample(name, values):
    own = [value for value in values if value is not None]
    mean, deviation = moments(own)
    n = len(own)
    error = deviation / np.sqrt(np.longdouble(n))
    half = error * np.longdouble(str(student(n - 1))) if n > 1 else np.longdouble("nan")
    return {
        "name": name,
        "values": values,
        "mean": number(mean),
        "deviation": number(deviation),
        "error": number(error),
        "half": number(half),
        "least": min(own),
        "greatest": max(own),
        "quartiles": ends(own),
    }


def difference(name, a, b):
    (mean_a, s_a), (mean_b, s_b) = moments(a), moments(b)
    v_a, v_b = s_a**2 / len(a), s_b**2 / len(b)
    error = np.sqrt(v_a + v_b)
    freedom = (v_a + v_b) ** 2 / (v_a**2 / (len(a) - 1) + v_b**2 / (len(b) - 1))
    all_of_them = np.subtract.outer(np.asarray(a, float), np.asarray(b, float)).ravel()
    return {
        "name": name,
        "a": a,
        "b": b,
        "mean": number(mean_a - mean_b),
        "deviation": number(np.sqrt(s_a**2 + s_b**2)),
        "error": number(error),
        "half": number(error * np.longdouble(str(student(str(freedom))))),
        "least": float(all_of_them.min()),
        "greatest": float(all_of_them.max()),
        "quartiles": ends(all_of_them),
    }


def places(name, runs):
    """Runs of different lengths with values that are missing, place by place."""
    length = max(map(len, runs))
    rows = [[run[place] for run in runs if place < len(run) and run[place] is not None] for place in range(length)]
    return {"name": name, "runs": runs, "places": [sample("", row) if row else None for row in rows]}


random = np.random.default_rng(36)
normal = [float(value) for value in random.normal(0.3, 0.01, 50)]
samples = [
    sample("one value", [0.25]),
    sample("two values", [1.0, 3.0]),
    sample("three values", [2.0, 4.0, 9.0]),
    sample("four values", [0.1, 0.2, 0.4, 0.8]),
    sample("five seeds", normal[:5]),
    sample("six seeds", normal[5:11]),
    sample("fifty runs", normal),
    sample("ties", [1.0, 2.0, 2.0, 2.0, 5.0, 5.0]),
    sample("all equal", [0.1, 0.1, 0.1]),
    sample("missing values", [None, 3.0, None, 5.0, 11.0]),
    sample("one that is not missing", [None, 3.0]),
    sample("large", [1e300, 2e300, 4e300]),
    sample("about the largest", [1.7e308, 1.6e308, 1.5e308]),
    sample("of both signs, about the largest", [9e307, -9e307, 3e307]),
    sample("tiny", [1e-300, 2e-300, 5e-300]),
    sample("below normal", [5e-324, 1.5e-323, 4e-323]),
    sample("nearly equal", [1e9 + 1, 1e9 + 2, 1e9 + 4]),
    sample("nearly equal, further out", [1e15 + 1, 1e15 + 2, 1e15 + 4, 1e15 + 4]),
    sample("cancelling", [1e16, 1.0, -1e16]),
    sample("over many magnitudes", [float(value) for value in 10.0 ** random.uniform(-9, 9, 23)]),
    sample("losses", [float(value) for value in random.lognormal(0, 2, 12)]),
]
differences = [
    difference("of equal size", [2.0, 4.0, 9.0], [1.0, 1.5, 4.0]),
    difference("of different size", normal[:7], [float(value) for value in random.normal(0.28, 0.05, 4)]),
    difference("of two and two", [1.0, 2.0], [4.0, 4.5]),
    difference("one without spread", [3.0, 3.0, 3.0], [1.0, 2.0, 5.0]),
    difference("large", [1e300, 2e300, 4e300], [1e299, 3e300]),
    difference("tiny", [1e-300, 2e-300, 4e-300], [1e-301, 3e-300]),
    difference("nearly equal", [1e9 + 1, 1e9 + 2, 1e9 + 4], [1e9, 1e9 + 1]),
]
curves = [
    places(
        "different lengths, values missing",
        [
            [float(value) for value in random.normal(0, 1, 9)],
            [None if at in (2, 4) else float(value) for at, value in enumerate(random.normal(0, 1, 7))],
            [None if at in (0, 4) else float(value) for at, value in enumerate(random.normal(0, 1, 9))],
            [None if at == 4 else float(value) for at, value in enumerate(random.normal(0, 1, 5))],
        ],
    )
]
# the last place of `curves` that all have, but nobody was measured at, is place 4 of every run but the first
curves[0]["runs"][0][4] = None
curves = [places(curves[0]["name"], curves[0]["runs"])]
freedoms = [1, 1.0625, 1.5, 2, 2.25, 3, 4, 4.7, 5, 7.125, 9, 16, 29, 30.5, 49, 99, 250, 499, 2000]
students = [{"freedom": freedom, "quantile": float(student(freedom))} for freedom in freedoms]
print(json.dumps({"samples": samples, "differences": differences, "curves": curves, "students": students}, indent=1))
