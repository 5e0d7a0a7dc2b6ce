"""
Independent numbers for ranks.test.ts, with NumPy and mpmath: ranks by counting, correlations by numpy.corrcoef, the noncentral F distribution
by integrating its density (Kummer's function) instead of a sum of betas. Also the coverage of the intervals at few runs, by simulation:

    python truth.py > truth.json
    python truth.py coverage
"""
import json
import math
import sys

import mpmath
import numpy as np


def ranks(values):
    values = np.asarray(values, float)
    return np.array([(values < v).sum() + ((values == v).sum() + 1) / 2 for v in values])


def spearman(x, y):
    return float(np.corrcoef(ranks(x), ranks(y))[0, 1])


def eta(y, groups):
    r = ranks(y)
    groups = np.asarray(groups)
    between = sum((groups == g).sum() * (r[groups == g].mean() - r.mean()) ** 2 for g in np.unique(groups))
    return float(between / ((r - r.mean()) ** 2).sum())


def kruskal_wallis(y, groups):
    """H with the correction for ties, as textbooks write it."""
    r = ranks(y)
    n = len(r)
    groups = np.asarray(groups)
    h = 12 / (n * (n + 1)) * sum(r[groups == g].sum() ** 2 / (groups == g).sum() for g in np.unique(groups)) - 3 * (n + 1)
    counts = np.unique(np.asarray(y, float), return_counts=True)[1]
    return float(h / (1 - (counts**3 - counts).sum() / (n**3 - n)))


def noncentral_f(share, between, within, noncentrality):
    """P(F <= f) where share = d1 f / (d1 f + d2), by integrating the density of the noncentral beta."""
    a, b, lam = mpmath.mpf(between) / 2, mpmath.mpf(within) / 2, mpmath.mpf(noncentrality)

    def density(x):
        return (
            mpmath.exp(-lam / 2)
            * mpmath.hyp1f1(a + b, a, lam * x / 2)
            * x ** (a - 1)
            * (1 - x) ** (b - 1)
            / mpmath.beta(a, b)
        )

    return mpmath.quad(density, mpmath.linspace(0, share, 9))


def eta_interval(share, n, groups):
    def end(probability):
        if noncentral_f(share, groups - 1, n - groups, 0) <= probability:
            return 0.0
        low, high = 0.0, 1.0
        while noncentral_f(share, groups - 1, n - groups, high) > probability:
            high *= 2
        for _ in range(45):
            middle = (low + high) / 2
            low, high = (middle, high) if noncentral_f(share, groups - 1, n - groups, middle) > probability else (low, middle)
        return (low + high) / 2

    return [lam / (lam + n) for lam in (end(0.975), end(0.025))]


def rho_interval(rho, n):
    half = 1.959963984540054 * math.sqrt((1 + rho**2 / 2) / (n - 3))
    return [math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)]


def truth():
    rng = np.random.default_rng(20261130)
    pairs = []
    for n, levels in ((8, 3), (12, 4), (30, 5), (200, 10)):
        x = rng.integers(levels, size=n).astype(float)
        y = np.round(0.5 * x + rng.normal(size=n), 1)
        rho = spearman(x, y)
        pairs.append({"x": x.tolist(), "y": y.tolist(), "rho": rho, "interval": rho_interval(rho, n)})
    effects = []
    for n, groups in ((12, 2), (12, 3), (40, 4), (120, 6)):
        g = (np.arange(n) % groups).tolist()
        y = np.round(np.array(g) * 0.4 + rng.normal(size=n), 1).tolist()
        share = eta(y, g)
        effects.append(
            {"y": y, "groups": g, "eta": share, "h": kruskal_wallis(y, g), "interval": eta_interval(share, n, groups)}
        )
    table = [
        {"share": s, "between": a, "within": b, "lambda": lam, "p": float(noncentral_f(s, a, b, lam))}
        for s, a, b, lam in ((0.3, 1, 10, 0), (0.3, 1, 10, 4), (0.6, 3, 20, 25.5), (0.9, 5, 8, 60), (0.05, 2, 100, 1))
    ]
    print(json.dumps({"pairs": pairs, "effects": effects, "noncentralF": table}))


def coverage():
    """How often the intervals hold the population's value: of normal pairs, and of normal groups a shift apart."""
    rng = np.random.default_rng(1)
    for n in (5, 6, 7, 8, 10, 15, 30):
        line = []
        for r in (0, 0.5, 0.8, 0.9):
            population = 6 / math.pi * math.asin(r / 2)
            hits = 0
            for _ in range(4000):
                x = rng.normal(size=n)
                y = r * x + math.sqrt(1 - r * r) * rng.normal(size=n)
                rho = spearman(x, y)
                nearest = 1 - 12 / (n**3 - n)
                low, high = rho_interval(max(-nearest, min(nearest, rho)), n)
                low, high = (-1 if rho <= -nearest else low), (1 if rho >= nearest else high)
                hits += low <= population <= high
            line.append(f"rho {population:.2f}: {hits / 40:.1f} %")
        print(f"Spearman, n = {n}: " + ", ".join(line), flush=True)

    def quantile(probability, groups, n, lam):
        low, high = 0.0, 1.0
        for _ in range(20):
            middle = (low + high) / 2
            low, high = (middle, high) if noncentral_f(middle, groups - 1, n - groups, lam) < probability else (low, middle)
        return (low + high) / 2

    for groups in (2, 4):
        for beyond in (4, 6, 8, 12, 24):
            n = groups + beyond
            g = np.arange(n) % groups
            line = []
            for shift in (0, 0.7, 1.5):
                many = np.arange(200_000) % groups
                y = many * shift + rng.normal(size=len(many))
                r = y.argsort().argsort().astype(float)
                population = sum(((many == k).mean()) * (r[many == k].mean() - r.mean()) ** 2 for k in range(groups)) / r.var()
                # the interval holds the population's value where the value's own quantiles hold the estimate
                lam = 0 if shift == 0 else population * n / (1 - population)
                low, high = (0 if shift == 0 else quantile(0.025, groups, n, lam)), quantile(0.975, groups, n, lam)
                hits = sum(low <= eta(g * shift + rng.normal(size=n), g) <= high for _ in range(4000))
                line.append(f"eta2 {population * (shift > 0):.2f}: {hits / 40:.1f} %")
            print(f"eta2 of ranks, {groups} values, n = {n}: " + ", ".join(line), flush=True)


if __name__ == "__main__":
    coverage() if sys.argv[1:] == ["coverage"] else truth()
