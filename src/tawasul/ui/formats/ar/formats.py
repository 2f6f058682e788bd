"""Arabic formats: digits stay ASCII, the decimal separator is a point."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y، H:i"
FIRST_DAY_OF_WEEK = 0
