"""One tree of errors: each says what was expected, what was found, where, and how to mend it."""

from __future__ import annotations


class MaillageError(Exception):
    """A problem that the person in front of Maillage can understand and mend.

    The message is one sentence or two, complete by itself; it never needs a traceback. ``fr`` says the same in French,
    hint included, where a person may meet it on a screen; else it is empty.
    """

    exit_code = 1
    http_status = 500

    def __init__(self, message: str, *, hint: str = "", fr: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.fr = fr

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(MaillageError):
    """A request that cannot be understood: an unknown option value, an impossible year."""

    exit_code = 2
    http_status = 400


class NotFoundError(MaillageError):
    """Something asked for by name or code that does not exist."""

    exit_code = 4
    http_status = 404


class UnreadableFileError(MaillageError):
    """A file that is not what it claims to be, or that is damaged."""

    exit_code = 3
    http_status = 422


class UnknownLayoutError(UnreadableFileError):
    """A file in good state whose layout is that of no known source, or of several."""


class TooManyBadRowsError(UnreadableFileError):
    """A file whose share of bad rows passes the stated limit: the import fails, the store keeps what it had."""


class TooLargeError(UnreadableFileError):
    """A file larger than the observatory takes in."""

    http_status = 413


class ForbiddenError(MaillageError):
    """Something that may be asked of the observatory from its own pages only, or that it does not do as served."""

    http_status = 403


class MissingSourceError(MaillageError):
    """A run that lacks a source it cannot do without."""

    exit_code = 3


class StoreError(MaillageError):
    """A store that is absent, incomplete or written by another format."""

    exit_code = 5
    http_status = 503


class BrokenInvariantError(MaillageError):
    """A computation that breaks a property it must keep; nothing is published."""

    exit_code = 6


class DefinitionError(MaillageError):
    """A definition (indicator, alert rule, parameter) that contradicts itself or the catalogue."""

    exit_code = 7


class ArrayInputError(MaillageError, ValueError):
    """Arrays handed to a numeric function that it cannot compute on; the first offending entry is named."""

    exit_code = 2
    http_status = 400
