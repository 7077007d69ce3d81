"""Appends events to a file."""
import json
import os
import time


class Log:
    def __init__(self, path):
        self.path = path

    def write(self, kind, **fields):
        line = json.dumps({'time': time.time(), 'kind': kind, **fields})
        with open(self.path, 'a') as file:
            file.write(line + '\n')

    def read(self):
        try:
            with open(self.path) as file:
                return [json.loads(line) for line in file]
        except:
            return []
