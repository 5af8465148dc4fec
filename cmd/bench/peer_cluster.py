"""Groups sites as a Python program would: datasketch's MinHash and LSH give candidates, scipy does the rest.

    peer_cluster.py FILE CUT

FILE has one JSON array a line: the token sets of one site (lists of 32-bit hashes). Candidates are sites that LSH finds alike in one of
the sets that are large; within the components that candidates make up, all pairs are compared (weighted Jaccard of each set, joined by
noisy-or, the weights and figures those of the program measured) and grouped by average linkage at CUT. Prints one JSON object:
the seconds by the clock and of the processor from the sets in memory to the groups, and the groups as lists of line numbers.
"""
import collections
import json
import sys
import time

import numpy
from datasketch import MinHash, MinHashLSH
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

TRUST = (.9, .9, .95, .8, .8, .3, .6)
ENOUGH = (80, 60, 20, 30, 300, 300, 80)
LARGE = (0, 1, 4)  # tags, classes, text
LEAST = 20         # tokens of a set that is worth a MinHash
ALIKE = .5         # asked of LSH
PERMUTATIONS = 128


def candidates(sites):
    """Unites sites that LSH finds alike; gives the components."""
    parent = list(range(len(sites)))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for s in LARGE:
        lsh = MinHashLSH(threshold=ALIKE, num_perm=PERMUTATIONS)
        who = [i for i, sets in enumerate(sites) if len(sets[s]) >= LEAST]
        for i, m in zip(who, MinHash.generator((sites[i][s] for i in who), num_perm=PERMUTATIONS, hashfunc=int)):
            for k in lsh.query(m):
                a, b = root(i), root(k)
                parent[max(a, b)] = min(a, b)
            lsh.insert(i, m)
    out = collections.defaultdict(list)
    for i in range(len(sites)):
        out[root(i)].append(i)
    return list(out.values())


def weights(sites, s):
    holders = collections.Counter()
    for sets in sites:
        holders.update(sets[s])
    n = len(sites) + 30
    return {t: numpy.log(n / h) for t, h in holders.items()}


def similarities(sites, component, weight):
    doubt = numpy.ones((len(component), len(component)))
    for s in range(len(TRUST)):
        column, rows, cols, vals = {}, [], [], []
        for r, i in enumerate(component):
            for t in sites[i][s]:
                rows.append(r)
                cols.append(column.setdefault(t, len(column)))
                vals.append(weight[s][t])
        if not vals:
            continue
        shape = (len(component), len(column))
        weighed = csr_matrix((vals, (rows, cols)), shape)
        held = csr_matrix((numpy.ones(len(vals)), (rows, cols)), shape)
        both = (weighed @ held.T).toarray()
        info = numpy.asarray(weighed.sum(axis=1)).ravel()
        either = info[:, None] + info[None, :] - both
        jaccard = numpy.divide(both, either, out=numpy.zeros_like(both), where=either > 0)
        doubt *= 1 - TRUST[s] * jaccard * numpy.minimum(1, numpy.minimum(info[:, None], info[None, :]) / ENOUGH[s])
    return 1 - doubt


def main():
    with open(sys.argv[1]) as f:
        sites = [json.loads(line) for line in f]
    cut = float(sys.argv[2])
    clock, cpu = time.perf_counter(), time.process_time()
    weight = [weights(sites, s) for s in range(len(TRUST))]
    groups = []
    for component in candidates(sites):
        if len(component) < 2:
            continue
        distance = 1 - similarities(sites, component, weight)
        numpy.fill_diagonal(distance, 0)
        found = collections.defaultdict(list)
        for i, g in zip(component, fcluster(linkage(squareform(distance, checks=False), "average"), 1 - cut, "distance")):
            found[g].append(i)
        groups += [g for g in found.values() if len(g) > 1]
    print(json.dumps({"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu, "groups": groups}))


main()
