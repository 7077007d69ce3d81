"""Matrices as lists of rows."""
import copy
import math


def product(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def determinant(rows):
    rows = copy.deepcopy(rows)
    result = 1
    for i in range(len(rows)):
        pivot = next((k for k in range(i, len(rows)) if rows[k][i] != 0), None)
        if pivot is None:
            return 0
        if pivot != i:
            rows[i],rows[pivot] = rows[pivot],rows[i]
            result = -result
        result *= rows[i][i]
        for k in range(i + 1, len(rows)):
            factor = rows[k][i] / rows[i][i]
            rows[k] = [x - factor * y for x, y in zip(rows[k], rows[i])]
    return result
