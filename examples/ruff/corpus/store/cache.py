"""Keeps what was asked for lately."""
from collections import OrderedDict


class Cache:
    def __init__(self, size):
        self.size = size
        self.values = OrderedDict()

    def get(self, key, make):
        if key in self.values:
            self.values.move_to_end(key)
            return self.values[key]
        value = self.values[key] = make(key)
        while len(self.values) > self.size:
            self.values.popitem(last=False)
        return value
