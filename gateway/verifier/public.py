"""The public certificate of a month's disclosure control: its words and its shape (``month`` makes it)."""

from gateway.verifier.shapes import Shape, either, keys, maybe, named, one_of, positive, several, text, truth, whole

PUBLIC = "gateway-month-statement/1"
ASSUMED_BEFORE = (
    "everybody knows all that was published, that no figure is negative and that what is not listed is zero; that a "
    "withheld count is at least 1 unless it is a zero withheld for persons, and at least what one person has of it; of "
    "parts that do not add up each is at most the total, and all together are at least as much"
)
"""What certificates assumed that left one of those who share the largest part out as an attacker."""
ASSUMED = (
    f"{ASSUMED_BEFORE}; that an employer group knows its own part of every figure and all of one in which it is alone, "
    "a person a figure in which nobody else is; that a person attacks every figure but those in which nobody else is, "
    "an employer group every figure of which it does not have the largest part by itself: where several share the "
    'largest part, each of them attacks; where insiders are "second", of employer groups only those attack that have '
    "the second largest part, however many share it, or share the largest"
)
ROUNDED = (
    "the least and the most that each figure rounded by itself can be are at least its base less one apart, for who "
    "knows all that was published of it this month, that it is less than one base from the truth and never negative, "
    "that of parts that do not add up each is at most the total, and that all together are at least as much; nothing "
    "is said of who knows persons among them, who came and who left since, or how the draws hang together"
)
"""What is promised of tables that are rounded to a base."""
CHECKS = ("material", "history", "statuses", "primary", "published", "rounded", "exact", "outsider", "insider", "group")
"""What was checked; ``rounded``: that ``ROUNDED`` holds; ``group``: that somebody may be beside the part that holds
everyone, where that is a rule."""
NOT_CHECKED = ("group-disclosure",)
"""What was not, where it is no rule."""
_MANY = 1 << 31
_NAMES = several(text, 0, _MANY)
RESULTS: Shape = either(keys(**dict.fromkeys(CHECKS, truth)), keys(**dict.fromkeys(CHECKS[:-1], truth)))
HISTORY: Shape = keys(head=text, releases=whole, together_with=_NAMES, rows_gone=_NAMES)
ROUNDING: Shape = keys(promised=one_of(ROUNDED), bases=named(positive))
_AXIS = keys(name=text, hierarchy=text, levels=several(text, 1), adds_up=several(truth, 1))
_MEASURE = keys(name=text, population=whole, counts=text, least=whole)
STRUCTURE: Shape = keys(
    lists=named(several(several(maybe(text), 3, 3), 1, _MANY)),
    tables=named(keys(dimensions=several(_AXIS, 1), measures=several(_MEASURE, 1))),
)
PUBLIC_SHAPE: Shape = keys(
    format=one_of(PUBLIC),
    release=text,
    period=text,
    version=text,
    tables=named(text),
    certificate=text,
    history=HISTORY,
    structure=STRUCTURE,
    rounding=ROUNDING,
    insiders=one_of("any", "second"),
    assumed=one_of(ASSUMED, ASSUMED_BEFORE),
    passed=truth,
    results=RESULTS,
    not_checked=several(one_of(*NOT_CHECKED)),
)
