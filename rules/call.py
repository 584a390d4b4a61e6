"""One announcement as the admin described it: subject, deadline, form fields, policy, replies.

These are pydantic models because config.toml is where they come from, but they are frozen: after reading, a call is
a value. Every description here is what the admin reads when a key is wrong.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    field_validator,
    model_validator,
)

from rules.addresses import EmailAddress, WebAddress
from rules.contradictions import contradictions
from rules.verdict import Disposition


class Frozen(BaseModel):
    """A frozen model that refuses unknown keys: a misspelt option must not be silently ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _with_a_time(value: object) -> datetime:
    """Refuse a bare date: taken for midnight it would close a call a day early."""
    if isinstance(value, str) and ":" in value:
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise ValueError("a date with its time is wanted, e.g. 2023-03-10T18:00")  # noqa: TRY004 - pydantic expects it
    return value


def _without_offset(value: datetime) -> datetime:
    if value.tzinfo is not None:
        raise ValueError(
            "local time without an offset is wanted, e.g. 2023-03-10T18:00; the zone stands in time_zone"
        )
    return value


# A date and time as the announcement says it; the call's time_zone makes an instant of it.
LocalTime = Annotated[datetime, BeforeValidator(_with_a_time), AfterValidator(_without_offset)]

KindName = Literal[
    "text", "long", "name", "phone", "email", "katottg", "edrpou", "number", "date",
    "oblast", "raion", "hromada", "choice", "choices", "yesno", "consent", "signature", "url", "unit",
]  # fmt: skip


class FormField(Frozen):
    """One field of the form: how it is found in a file, what kind of value it has, and whether it is required."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="its name in the ledger and exports")]
    number: Annotated[
        str, Field(pattern=r"^(\d+(\.(\d+|\{n\}))*)?$", description="item number in the form, e.g. 1.3")
    ] = ""
    label: Annotated[str, Field(min_length=1, description="the text in the left column of the form")]
    aliases: Annotated[tuple[str, ...], Field(description="other wordings of the label")] = ()
    kind: Annotated[KindName, Field(description="what kind of value it holds")] = "text"
    required: Annotated[
        Literal["yes", "wanted", "no"],
        Field(
            description='"yes": incomplete without it; "wanted": shown as missing, not asked for; "no": optional'
        ),
    ] = "no"
    person: Annotated[str, Field(description="key of the participant it belongs to, e.g. p1")] = ""
    options: Annotated[tuple[str, ...], Field(description="the choices, for kind choice and choices")] = ()
    limit: Annotated[int, Field(ge=1, description="longest value, in characters")] = 5000
    hint: Annotated[str, Field(description="shown in grey under the label in the blank form")] = ""
    column: Annotated[str, Field(description="header in the workbook; the label when empty")] = ""


class Participant(Frozen):
    """A person the form asks for. Its heading tells repeated labels apart («Учасник 1», «Учасник 2»)."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Annotated[str, Field(min_length=1)]
    aliases: tuple[str, ...] = ()
    required: Annotated[
        bool, Field(description="false: asked about only when something is written of that person")
    ] = True
    repeat: Annotated[
        int,
        Field(
            ge=1, le=50, description="how many such people the form has room for; {n} in texts counts them"
        ),
    ] = 1


class TitleForms(Frozen):
    """The call's name in the cases its replies need; a letter never declines a name by itself."""

    genitive: Annotated[
        str,
        Field(
            description="after «до», «команда»: «Мережі з обміну досвідом „…“»; empty: the title in quotes"
        ),
    ] = ""
    short_genitive: Annotated[str, Field(description="short, after «до»: «Мережі»; empty: as genitive")] = ""
    short_locative: Annotated[
        str, Field(description="short, after «у»: «Мережі»; empty: the title in quotes")
    ] = ""


class SubjectRule(Frozen):
    """How the subject of a letter for this call looks."""

    topic: Annotated[str, Field(min_length=1, description="the words before the separator")]
    aliases: Annotated[tuple[str, ...], Field(description="other topics that mean this call")] = ()
    separator: Annotated[
        str, Field(min_length=1, description="what the announcement puts after the topic")
    ] = "/"
    placeholder: Annotated[
        str, Field(description="the words of the announcement that people copy unfilled")
    ] = ""
    example: Annotated[str, Field(description="shown to people whose subject was not understood")]


class Policy(Frozen):
    """What follows from findings. `dispositions` overrides single grounds by code."""

    subject: Annotated[
        Literal["tolerant", "strict", "review"],
        Field(
            description='a subject that breaks the rule: "tolerant" mentions it in the reply, "strict" refuses it, '
            '"review" leaves it to a person'
        ),
    ] = "tolerant"
    late: Annotated[
        Literal["reject", "reserve", "hold"], Field(description="what happens to a late letter")
    ] = "reject"
    one_per: Annotated[
        Literal["place", "unit"],
        Field(
            description='what has one application: "place", or "unit": each unit the form names in a field of that kind'
        ),
    ] = "place"
    duplicate: Annotated[
        Literal["keep_first", "keep_last"],
        Field(description="which application stands when another sender writes for the same place"),
    ] = "keep_first"
    oblasts: Annotated[tuple[str, ...], Field(description="admitted oblasts; empty: all")] = ()
    shared_email: Annotated[bool, Field(description="may participants share one address")] = False
    dispositions: Annotated[
        dict[str, Disposition], Field(description="ground code → accept, hold, reject or discard")
    ] = {}


class Replies(Frozen):
    """What the answers say besides the call's own facts, and who may get one."""

    mode: Annotated[
        Literal["draft", "review", "send"],
        Field(
            description='"draft": replies are written to the drafts folder, nothing is sent; "review": each waits for '
            '`intake outbox approve`; "send": they leave by themselves'
        ),
    ] = "draft"
    address: Annotated[EmailAddress, Field(description="the address applicants write to")]
    sender_name: Annotated[str, Field(min_length=1, description="display name of our letters")]
    contact_name: str
    contact_phone: str
    form_url: Annotated[WebAddress, Field(description="where the form can be had")] = ""
    news_url: Annotated[WebAddress, Field(description="where the next calls are announced")] = ""
    signature: Annotated[str, Field(min_length=1, description="the lines under every reply")]
    results_date: str = ""
    start_date: str = ""
    confirm_until: Annotated[
        str, Field(description="until when a selected applicant confirms, in words; empty: no date is named")
    ] = ""
    schedule_date: Annotated[str, Field(description="until when participants get the schedule, in words")] = (
        ""
    )
    waiting_until: Annotated[
        str, Field(description="until when somebody on the waiting list may be invited, in words")
    ] = ""
    places: Annotated[
        int, Field(ge=0, description="how many can be selected; 0: the letters about results do not say")
    ] = 0
    answer_days: Annotated[
        int, Field(ge=0, le=30, description="working days an answer to a question takes; 0: none is promised")
    ] = 0
    cure_until: Annotated[
        LocalTime | None, Field(description="until when an application that came in time may be completed")
    ] = None
    cure_days: Annotated[
        int,
        Field(ge=0, le=60, description="the same in working days after the deadline; 0: cure_until counts"),
    ] = 0
    max_per_day: Annotated[int, Field(ge=0, description="answers to one address in 24 hours")] = 3
    remind_hours_before: Annotated[
        tuple[Annotated[int, Field(ge=1, le=1440)], ...],
        Field(
            description="how many hours before the deadline those are reminded whose application lacks something"
        ),
    ] = ()
    off: Annotated[tuple[str, ...], Field(description="templates that are not sent")] = ()
    templates_dir: Annotated[
        str,
        Field(
            description="folder of texts that stand in for ours by file name, from the folder of this file"
        ),
    ] = ""
    html: Annotated[bool, Field(description="true: the same text once more as simple HTML")] = False
    copy_to_form: Annotated[
        bool,
        Field(
            description="true: what is said of an application goes to the place's and the contact's address in its form as well"
        ),
    ] = False
    answer_untrusted: Annotated[
        bool, Field(description="false: no answer to a sender whose domain our server could not confirm")
    ] = True


@dataclass(frozen=True, slots=True)
class OwnText:
    """A reply's text as an admin wrote it: the name of the reply, its template, the path of its file for messages."""

    name: str
    source: str
    file: str


class Call(Frozen):
    """One announcement. `deadline` is local time in `time_zone`; see `deadline_at` for the instant."""

    id: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="short name for commands and file names")
    ]
    title: Annotated[str, Field(min_length=1, description="name of the call, as the announcement writes it")]
    title_forms: Annotated[TitleForms, Field(description="the name in the cases the replies need")] = (
        TitleForms()
    )
    language: Literal["uk", "bg", "en"] = "uk"
    country: Annotated[Literal["ua", "bg"], Field(description="whose places are looked up")] = "ua"
    prefix: Annotated[
        str,
        Field(pattern=r"^[\w-]+$", max_length=20, description="before the number: КЗ-2023 gives КЗ-2023-014"),
    ]
    time_zone: str = "Europe/Kyiv"
    deadline: Annotated[LocalTime, Field(description="the last moment, in the call's time zone")]
    deadline_inclusive_minute: Annotated[
        bool, Field(description="true: the whole minute of the deadline is still in time")
    ] = True
    grace_minutes: Annotated[
        int,
        Field(ge=0, le=1440, description="minutes after the deadline that still count and are not announced"),
    ] = 0
    extended_from: Annotated[
        tuple[LocalTime, ...], Field(description="earlier deadlines of an extended call, for the record")
    ] = ()
    holidays: Annotated[
        tuple[date, ...], Field(description="days that are no working days, besides Saturdays and Sundays")
    ] = ()
    subject: SubjectRule
    participants: tuple[Participant, ...] = ()
    sections: Annotated[
        dict[str, str],
        Field(description='headings of the blank form: number before the dot → text, "1" for 1.1, 1.2 …'),
    ] = {}
    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]
    policy: Policy = Policy()
    replies: Replies
    workbook: Annotated[
        str,
        Field(
            pattern=r'^([^/\\:*?"<>|]+\.[Xx][Ll][Ss][XxMm])?$',
            description="file name of the call's spreadsheet",
        ),
    ] = ""

    # What the files in replies.templates_dir say. No option: an admin writes files, and rewording is no change of rules.
    _texts: tuple[OwnText, ...] = PrivateAttr(default=())

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("an IANA time zone is wanted, e.g. Europe/Kyiv") from error
        return name

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for contradiction in contradictions(self.model_dump()):
            raise ValueError(f"{'.'.join(map(str, contradiction.path))}: {contradiction.wanted}")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The call's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def deadline_at(self) -> datetime:
        """The deadline as an aware instant."""
        return self.deadline.replace(tzinfo=self.zone)

    @property
    def cure_at(self) -> datetime | None:
        """Until when an application that came in time may be completed, aware; None when there is no such period.

        With `cure_days` that is the deadline's time of day on the last of so many working days after it.
        """
        replies = self.replies
        if replies.cure_days:
            until, left = self.deadline, replies.cure_days
            while left:
                until += timedelta(days=1)
                left -= until.isoweekday() < 6 and until.date() not in self.holidays
            return until.replace(tzinfo=self.zone)
        return replies.cure_until.replace(tzinfo=self.zone) if replies.cure_until else None

    @property
    def texts(self) -> tuple[OwnText, ...]:
        """The admin's own texts of replies; each stands in for the one of ours that has its name."""
        return self._texts

    def with_texts(self, texts: tuple[OwnText, ...]) -> Self:
        """Return the call with the admin's own texts of replies."""
        call = self.model_copy()
        call._texts = texts
        return call

    @property
    def digest(self) -> str:
        """SHA-256 (first 16 hex digits) of everything the call says: the version of its rules."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def field(self, key: str) -> FormField | None:
        """Return the field called `key`, or None."""
        return next((field for field in self.fields if field.key == key), None)

    def fields_of_kind(self, kind: KindName) -> tuple[FormField, ...]:
        """Return the fields of a kind, in the form's order."""
        return tuple(field for field in self.fields if field.kind == kind)
