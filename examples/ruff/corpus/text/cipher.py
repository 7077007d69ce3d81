"""Shifts letters; for puzzles only."""
import string
import random


def shift(text, by):
    letters = string.ascii_lowercase
    table = str.maketrans(letters, letters[by:] + letters[:by])
    return text.translate(table)


def crack(text, common='e'):
    best = None
    for by in range(26):
        score = shift(text, by).count(common)
        if best == None or score > best[0]:
            best = (score, by)
    return best[1]
