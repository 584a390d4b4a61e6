"""The blank form of a call as a Word document, made from the call's fields and nothing else.

What comes back can be read by number, by label and by heading, whatever program saved it; a hint or an arrangement the
mapper would take for an answer is not written.
"""

from intake.blank.form import form_docx

__all__ = ["form_docx"]
