"""How little of a number that leads to a person is shown."""


def mask_number(number: str) -> str:
    """All but the last four characters hidden: ••••••1234. Short ones are hidden whole."""
    return "•" * len(number) if len(number) <= 4 else "•" * (len(number) - 4) + number[-4:]
