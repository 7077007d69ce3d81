"""Areas of plain figures."""
import math
import sys


def circle(radius):
    return math.pi * radius ** 2


def triangle(a,b,c):
    half = (a + b + c) / 2
    return math.sqrt(half * (half - a) * (half - b) * (half - c))


def polygon(points):
    total = 0
    for index, (x,y) in enumerate(points):
        following = points[(index + 1) % len(points)]
        total += x * following[1] - following[0] * y
    return abs(total) / 2
