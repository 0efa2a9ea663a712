"""Mark of a sentence that is translated later, where it is shown."""


def N_(sentence: str) -> str:
    """The *sentence*, which the message catalogues are to have."""
    return sentence
