"""Breaks a paragraph into lines."""


def wrap(text, width=72):
    lines, line = [], ''
    for word in text.split():
        if len(line) + len(word) >= width and line != '':
            lines.append(line)
            line = ''
        line += (' ' if line else '') + word
    if line:
        lines.append(line)
    return lines


def justify(line, width):
    gaps = line.count(' ')
    if gaps == 0:
        return line
    extra = width - len(line)
    return line.replace(' ', ' ' * (1 + extra // gaps), gaps)
