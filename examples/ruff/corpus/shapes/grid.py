"""A grid of cells, and who lives beside whom."""
from collections import Counter


class Grid:
    def __init__(self, alive):
        self.alive = set(alive)

    def neighbours(self, cell):
        x, y = cell
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if (dx, dy) != (0, 0):
                    yield (x + dx, y + dy)

    def step(self):
        counts = Counter(near for cell in self.alive for near in self.neighbours(cell))
        self.alive = {cell for cell, count in counts.items() if count == 3 or (count == 2 and cell in self.alive)}
