"""A table of rows, read from lines."""
import csv
import io
import json


class Table:
    def __init__(self, header, rows):
        self.header, self.rows = header, rows

    @classmethod
    def parse(cls, text):
        rows = list(csv.reader(io.StringIO(text)))
        return cls(rows[0],rows[1:])

    def column(self, name):
        at = self.header.index(name)
        return [row[at] for row in self.rows]

    def where(self, name, value):
        at = self.header.index(name)
        return Table(self.header, [row for row in self.rows if row[at] == value])
