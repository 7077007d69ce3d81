"""PNG pictures as pixels: what a screenshot of Chromium needs (8 bits, RGB or RGBA, not interlaced)."""
import struct
import zlib


def pixels(png):
    """Rows of bytes, and how many bytes a pixel has."""
    position, data = 8, b""
    while position < len(png):
        length, kind = struct.unpack(">I4s", png[position:position + 8])
        body = png[position + 8:position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and color in (2, 6), (depth, color)
            size = 3 if color == 2 else 4
        elif kind == b"IDAT":
            data += body
        position += length + 12
    return unfiltered(zlib.decompress(data), width * size, height, size), size


def unfiltered(data, stride, height, size):
    rows, above = [], bytearray(stride)
    for y in range(height):
        filter_, row = data[y * (stride + 1)], bytearray(data[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride if filter_ else 0):
            left = row[x - size] if x >= size else 0
            corner = above[x - size] if x >= size else 0
            row[x] = (row[x] + predicted(filter_, left, above[x], corner)) & 255
        rows.append(bytes(row))
        above = row
    return rows


def predicted(filter_, left, above, corner):
    if filter_ == 1:
        return left
    if filter_ == 2:
        return above
    if filter_ == 3:
        return (left + above) // 2
    near = left + above - corner
    return min((abs(near - left), 0, left), (abs(near - above), 1, above), (abs(near - corner), 2, corner))[2]


def differing(one, other):
    """How many pixels of two pictures of one size differ."""
    (rows, size), (others, _) = pixels(one), pixels(other)
    return sum(row[x:x + size] != second[x:x + size]
               for row, second in zip(rows, others, strict=True) for x in range(0, len(row), size))


def brightness(png):
    """Of all pixels on average, 0 to 255."""
    rows, size = pixels(png)
    return sum(sum(row[0::size]) + sum(row[1::size]) + sum(row[2::size]) for row in rows) / (3 * len(rows) * len(rows[0]) / size)
