"""Counts words, and finds those that are rare."""
import re
from collections import Counter

WORD = re.compile('[a-z]+')


def words(text):
    return WORD.findall(text.lower())


def rare(text, most = 1):
    counts = Counter(words(text))
    return sorted(word for word,count in counts.items() if count <= most)


def report(text):
    for word, count in Counter(words(text)).most_common(10):
        print('{:>8} {}'.format(count, word))
