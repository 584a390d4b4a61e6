"""What a label asks for, by its words: the kind of its field and a name for it.

Words are looked for in Ukrainian, Bulgarian, English and Russian. A wrong guess is seen by the admin; what is not known
is plain text, which loses nothing.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from intake.learn.asked import AGREED, CONSENT, Asked, options_in
from rules.call import FormField, KindName
from rules.labels import normalise

_LIMIT: Final = re.compile(
    r"(?i)(?:до|не більше|не более|up to|max\.?|най-много)\s*(\d{2,5})\s*(?:знак|символ|characters)"
)
_OPTIONAL: Final = re.compile(
    r"(?i)за бажанням|необов|за потреби|по желание|по желанию|не задължително|optional"
)
_SEVERAL: Final = re.compile(
    r"(?i)\bкілька|\bусе\b|\bусі\b|\bвсі\b|декілька|несколько|няколко|всичко|all that apply|several|можна обрати|^(?:які|якими|яких|какие|какими|кои|which)\b"
)
_LIST: Final = re.compile(
    r"(?i)^\W*(?:оберіть|виберіть|вкажіть|зазначте|выберите|укажите|изберете|посочете|choose|select)\b[^:]{0,60}:\s*(.+)$"
)
_YES: Final = frozenset({"так", "да", "yes"})
_NO: Final = frozenset({"ні", "не", "нет", "no"})
_PHOTO: Final = re.compile(r"фото|відео|видео|снимк|сниман|photo|video")
_DATA: Final = re.compile(r"(?i)персональн|особист|личн|персонал|personal|\bдан(?:і|их|ни)\b|\bdata\b")

# (what the label says, what it must not say, name, kind); the first that fits counts.
_WORDS: Final[tuple[tuple[str, str, str, KindName], ...]] = (
    (r"(?:телефон|phone|тел\b).*(?:пошт|mail|имейл|поща|адрес)|(?:пошт|mail|имейл|поща).*(?:телефон|phone|тел\b)", "", "contacts", "text"),
    (r"підпис|подпис|signature", "", "signature", "signature"),
    (r"катоттг|katottg", "", "katottg", "katottg"),
    (r"єдрпоу|егрпоу|edrpou|\bеик\b|булстат", "", "edrpou", "edrpou"),
    (
        (r"[eе]-?mail|електронн\w* (?:\w+ )?(?:пошт|адрес|скриньк|поща)|(?:пошт|адрес)\w* електронн|\bел\W+\w*\W*(?:пошт|адрес)|"
        r"имейл|імейл|\bмейл|е-пошт|е-поща|эл\w*\W+(?:почт|адрес)|(?:почт|адрес)\w* электронн"),
        "", "email", "email",
    ),
    (r"телефон|\bтел\b|phone|\bmobile|\bмоб\b|\bgsm\b|мобільний", "", "phone", "phone"),
    (r"сайт|website|соцмереж|соцсет|социални мрежи|уеб|social network", "", "web", "url"),
    (r"(?:кількість|чисельність|количество|численность|брой|number).*(?:жител|мешканц|населен|inhabitant|people)|^населення|^population", "", "population", "number"),
    (r"стаж|скільки років|років досвіду|сколько лет|години опит|years of", "", "years", "number"),
    (r"кількість|чисельність|\bскільки\b|количество|\bброй\b|number of|how many", "", "", "number"),
    (r"\bдат[аи]\b.*(?:заповн|подан|попълв|заполн|complet|підпис)|^дата$|^date$", "", "form_date", "date"),
    (r"\bдат[аи]\b|\bdate\b", "", "", "date"),
    (r"^(?:назва |название |име на )?област\w{0,3}(?: назва)?$|^oblast|^region$|^регіон$|^регион$", "", "oblast", "oblast"),
    (r"^(?:назва |название |адміністративний )?район\w{0,2}(?: області)?$|^raion|^rayon|^district$", "", "raion", "raion"),
    (r"контактн\w* ос[оі]б|відповідальн\w* особ|лице за контакт|контактно лице|контактное лицо|contact person", "", "contact_name", "name"),
    (r"\bпосад|должност|длъжност|\bposition|job title", "", "position", "text"),
    (r"\bголов[аи]\b|керівник\w?\b|\bкмет|руководител|начальник|\bmayor|head of", r"\?|як[іиау]\b|чи ", "head_name", "name"),
    (r"(?:назва|найменування|название|наименование|name).*(?:рад[иа]\b|адміністрац|орган[уа]? |совета|council)|^рада\b", "", "council", "text"),
    (r"(?:назва|найменування|название|наименование|name).*(?:юридичн|установ|організац|організації|закладу|организаци|organi[sz]ation)", "", "organisation", "text"),
    (
        (r"^(?:повна |офіційна |полное |пълно )*(?:назва|найменування|название|наименование|име|name|full name)? ?(?:of the |на |вашої |ваша |територіальн\w+ |об ?єднаної )*"
        r"(?:громад\w{1,2}|тг|отг|общин\w{1,3}|hromada|municipality|community)\b"), r"\?|яку|яка|який", "hromada", "hromada",
    ),
    (r"\bпіб\b|\bпіп\b|прізвищ|\bфио\b|фамили|\bимена\b|full name|surname|^name$|^ім я\b|^имя\b|^име\b", "", "name", "name"),
    (r"адрес|address", "", "address", "text"),
    (r"^(?:дирекци|отдел|звено|структурно звено|структурний підрозділ|департамент|department|directorate|unit\b)", "", "unit", "unit"),
    (r"звертання|пан пані|обращение|обръщение|form of address", "", "title", "text"),
)  # fmt: skip
_LONG: Final = re.compile(
    r"опиш|мотив|очікув|обґрунт|обгрунт|чому\b|яку\b|який\b|які\b|досвід|проблем|розкажіть|describe|expect|motivat|why\b|what\b|очаква|защо\b|опит\b|почему|ожида|опыт"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a question asks for. `name` is "" when only its kind is known; `hint` is what an answer is told from."""

    name: str
    kind: KindName
    required: Literal["yes", "wanted", "no"]
    options: tuple[str, ...] = ()
    limit: int = FormField.model_fields["limit"].default
    hint: str = ""


_NEEDED: Final = frozenset({"hromada", "oblast", "name", "phone", "email", "consent"})


def guess(asked: Asked) -> Guess:
    """Return what a question asks for."""
    text = normalise(asked.label)
    spoken = f"{asked.label} {asked.hint}".casefold()
    found = _LIMIT.search(spoken)
    limit = int(found.group(1)) if found else FormField.model_fields["limit"].default
    if asked.options:
        name, kind, options, hint = _by_boxes(asked, text)
    else:
        (name, kind), options, hint = _by_words(asked, text), asked.listed or _listed(asked.hint), asked.hint
        if not options and name in {"", "title"}:
            options = _offered(asked.hint)
        if options and kind in {"text", "long"} and {*map(normalise, options)} <= _YES | _NO:
            kind, options = "yesno", ()
        elif options and kind in {"text", "long"}:
            kind = "choices" if _SEVERAL.search(asked.hint) else "choice"
        else:
            options = ()
    if found and kind == "text":
        kind = "long"
    required: Literal["yes", "wanted", "no"] = "wanted"
    if _OPTIONAL.search(spoken) or name == "title":
        required = "no"
    elif asked.required or kind in _NEEDED:
        required = "yes"
    return Guess(name, kind, required, options, limit, hint)


def _by_words(asked: Asked, text: str) -> tuple[str, KindName]:
    plain = f"{text} ?" if asked.label.rstrip().endswith("?") else text
    if _PHOTO.search(text) and re.search(r"згод|публік|согласи|съгласи|сниман|consent", text):
        return "photo", "yesno"
    if CONSENT.search(asked.label) or (AGREED.search(asked.label) and _DATA.search(asked.label)):
        return "consent", "consent"
    for words, without, name, kind in _WORDS:
        # The skeleton of a label has no Latin letters that look Cyrillic, so each spelling is tried both ways.
        folded = asked.label.casefold().replace("’", " ").replace("'", " ").strip()
        if any(re.search(words, one) for one in (plain, folded)) and not (
            without and re.search(without, plain)
        ):
            return name, kind
    if asked.label.rstrip().endswith("?") or _LONG.search(text) or len(asked.label) > 70:
        return "", "long"
    return "", "text"


def _listed(hint: str) -> tuple[str, ...]:
    """Return the options a hint lists: «оберіть одне: пан · пані»."""
    found = _LIST.match(hint)
    parts = re.split(r"\s[·•|]\s|;\s*|\s/\s", found.group(1)) if found else []
    options = tuple(filter(None, (part.strip(" .") for part in parts)))
    return options if 2 <= len(options) <= 40 else ()


def _offered(hint: str) -> tuple[str, ...]:
    """Return the options of a hint that is nothing but a list of them; «посада / телефон» is what to write, not to choose."""
    options = options_in(hint)
    asks = (Asked(option) for option in options)
    return options if all(_by_words(one, normalise(one.label))[0] == "" for one in asks) else ()


def _by_boxes(asked: Asked, text: str) -> tuple[str, KindName, tuple[str, ...], str]:
    """Return name, kind, options and hint of a question with boxes."""
    options = asked.options
    bare = [normalise(option) for option in options]
    agreed = CONSENT.search(asked.label) or (AGREED.search(asked.label) and _DATA.search(asked.label))
    name = "photo" if _PHOTO.search(text) else "consent" if agreed else ""
    if len(options) == 1:
        return name, "consent" if name == "consent" else "yesno", (), asked.hint
    if len(options) == 2 and bare[0] in _YES and bare[1] in _NO:
        return name, "consent" if name == "consent" else "yesno", (), asked.hint
    if (bare[0].split(" ")[0] in _YES and bare[-1].split(" ")[0] in _NO) or (
        len(options) == 2 and "__" in asked.choices
    ):
        # «☐ так (яких?): ____ ☐ ні»: what is written after the box is the answer.
        return name, "text", (), asked.choices
    several = _SEVERAL.search(asked.label) or _SEVERAL.search(asked.hint) or len(options) > 6
    if re.search(r"(?i)звертання|обращение|обръщение|form of address", asked.label):
        name = "title"
    return name, "choices" if several else "choice", options, asked.hint
