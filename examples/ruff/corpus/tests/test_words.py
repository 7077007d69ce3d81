from text.words import rare


def test_rare():
    assert rare('a b a') == ['b']
