"""CloudWatch Logs' filter patterns: terms, one regular expression, or JSON.

`compiled` turns a pattern's text into a test of a message. The JSON form is
read in `json_patterns`. Space-delimited patterns (`[ip, user, ...]`) are not
known here and refused.
"""

import re
from collections.abc import Callable
from functools import lru_cache

import json_patterns
from json_patterns import Malformed

PATTERN_LIMIT = 1024
REGEX_LIMIT = 2
TERM = re.compile(r'\s*([-?]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|([^\s"%]+))')
# Terms with anything else must stand in quotes.
PLAIN = re.compile(r"\w+")

Test = Callable[[str], bool]


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Test:
    """Return the test that the pattern makes, or raise Malformed."""
    text = pattern.strip()
    if len(pattern) > PATTERN_LIMIT:
        raise Malformed(f"it is longer than {PATTERN_LIMIT} characters")
    if len(re.findall(r"%[^%]+%", text)) > REGEX_LIMIT:
        raise Malformed(f"it has more than {REGEX_LIMIT} regular expressions")
    if not text:
        return lambda message: True
    if text.startswith("{"):
        return json_patterns.compiled(text)
    if text.startswith("["):
        raise Malformed("the simulator knows no space-delimited patterns")
    return _terms(text)


def _terms(text: str) -> Test:
    """All plain terms, none of the `-` ones, one of the `?` ones if there are any.

    AWS takes no notice of `?` terms beside plain ones.
    """
    groups: dict[str, list[Test]] = {"": [], "-": [], "?": []}
    position = 0
    while position < len(text):
        found = TERM.match(text, position)
        if found is None:
            raise Malformed(f"invalid character(s) at {position}")
        sign, quoted, regex, plain = found.groups()
        groups[sign].append(_term(quoted, regex, plain))
        position = found.end()
    wanted, unwanted, optional = groups[""], groups["-"], groups["?"]

    def test(message: str) -> bool:
        if any(term(message) for term in unwanted):
            return False
        if wanted or not optional:
            return all(term(message) for term in wanted)
        return any(term(message) for term in optional)

    return test


def _term(quoted: str | None, regex: str | None, plain: str | None) -> Test:
    if regex is not None:
        expression = json_patterns.regular_expression(regex)
        return lambda message: expression.search(message) is not None
    if quoted is None and not PLAIN.fullmatch(plain or ""):
        raise Malformed(f"Invalid character(s) in term '{plain}'")
    text = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else str(plain)
    return lambda message: text in message
