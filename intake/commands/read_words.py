"""What the codes of `intake read` mean, as one sentence each, for people; JSON has the codes alone."""

from collections.abc import Mapping
from typing import Final

# Reason → what is so, and what to do about it.
REASONS: Final[Mapping[str, str]] = {
    "scan": "read off a scan or photo: any letter may be wrong; a person compares it with the picture",
    "several_forms": "several forms in it say different things or name too many people; a person decides which counts",
    "unknown_form": "it looks like a form, and none of these calls asks so; `intake form --learn` proposes fields for it",
    "format": "no reader is there for this kind of file; a person opens it, or the applicant sends .docx or .pdf",
    "tool": "a program that reads such files is not installed; `intake check` names it",
    "password": "it is protected with a password; the applicant sends it without one",
    "damaged": "it is not whole, or not what its name says; the applicant sends it once more",
    "empty": "there is nothing in it; the applicant sends it once more",
    "too_large": "it is larger than limits.attachment_mb; a person opens it",
    "too_slow": "reading it took longer than limits.read_seconds; a person opens it",
    "bomb": "unpacked it would be larger than any form; nobody should open it without care",
    "volume": "it is one piece of an archive in pieces; the applicant sends it in one",
    "crashed": "the program that reads it broke off; a person opens it",
    "no_labels": "it can be read, and no label of a form stands in it",
    "picture": "it is a picture without a form's text in it",
    "signature": "it is a signature alone; the signed document is another file",
    "not_text": "it is a film, a calendar, a program or the like: nothing of it is a form",
}
