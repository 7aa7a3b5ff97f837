"""Removes what people write around a number: invisible characters, quotes, LaTeX, remarks, YAML syntax."""

import re

# Invisible format characters that editors and chat programs leave in text.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

_QUOTES = "\"'`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"
_MODULES = re.compile(r"\b(?:math|np|numpy|torch\.nn\.functional|nn\.functional|torch|F)\.(?=[A-Za-z])")
_REMARK = re.compile(
    r"(?<=[\d.)%\]])\s*(?:[(\[][^()\[\]]*[^\W\d_~\u2248][^()\[\]]*[)\]]|[(\[]\s*[~\u2248=][^()\[\]]*[)\]])$"
)
_ROUNDED = re.compile(r"(?<=[\d.)%])[\s,;]*\b(?:rounded|approx|ca|about|circa|truncated)\b.*$", re.IGNORECASE)
_ABOUT = re.compile(
    r"^(?:[~\u2248\u2245\u2243]|(?:about|approximately|approx\.?|circa|ca\.?|roughly)(?=[\s\d.+-]))\s*", re.IGNORECASE
)
# A YAML anchor or tag, or a bullet, before something that begins a number.
_YAML = re.compile(r"^(?:[&!][\w!]*\s+|[*!@>|?%#:]+\s*)(?=[-+\u2212.\d(])")
_TIMES = re.compile(r"(?<=[\d.)])\s*[xX]\s*(?=[-+\u2212.\d(])")
_POWER_OF_TEN = re.compile(
    r"(?<=[\d.])\s*[xX*\u00d7\u00b7]\s*10\s*(?:(?:\^|\*\*)\s*\(?\s*([-+\u2212]?\d+)\s*\)?|([-\u2212]\d+)$)"
)
_ROOT = re.compile(r"\u221a\s*(\d[\d.,]*)")
_GROUP = r"\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
_LATEX = (
    (re.compile(r"^\$+|\$+$|^\\[(\[]|\\[)\]]$|\\(?:left|right|displaystyle|,|;|!|:|quad)|~"), " "),
    (re.compile(r"\{,\}"), "."),
    (re.compile(r"\\(?:cdot|times|ast)"), "*"),
    (re.compile(r"\\(?:approx|simeq|cong)"), "="),
    (re.compile(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}"), r"((\1)/(\2))"),
    (re.compile(r"\\(?:mathrm|text|operatorname)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\sigma"), "sigmoid"),
    (re.compile(r"\\(?=[a-z])"), ""),
)  # fmt: skip


def visible(text: str) -> str:
    """The text without invisible characters, and with all kinds of spaces as plain ones."""
    return _SPACE.sub(" ", _INVISIBLE.sub("", text))


def bare(value: str) -> str:
    """The number or arithmetic in a value, as a person would read it."""
    value = value.strip()
    for _ in range(3):  # they may be nested
        value = _YAML.sub("", _unwrapped(value.strip(_QUOTES + " ")))
        value = _ABOUT.sub("", value)
        value = _ROUNDED.sub("", _REMARK.sub("", value)).strip()
    if re.search(r"[$\\]|\{,\}", value):
        for pattern, plain in _LATEX:
            value = pattern.sub(plain, value)
        value = value.translate(str.maketrans("{}", "()")).strip()
    value = _ROOT.sub(r"sqrt(\1)", value)
    return _TIMES.sub("*", _POWER_OF_TEN.sub(_exponent, _MODULES.sub("", value)))


def _exponent(found: re.Match[str]) -> str:
    return "e" + (found[1] or found[2]).replace("\u2212", "-")


def _unwrapped(value: str) -> str:
    """The value without brackets or Markdown emphasis around all of it."""
    found = re.fullmatch(r"\[\s*([^\[\]]*)\s*\]|\{\s*([^{}]*)\s*\}|[*_]{1,3}([^*_]+)[*_]{1,3}", value)
    return next(part for part in found.groups() if part is not None) if found else value
