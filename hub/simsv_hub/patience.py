"""Calls to a Hub that may be busy: tried again when that can help, and failing in one sentence that tells no secret."""

import re
import time
from collections.abc import Callable
from typing import TypeVar

from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

from simsv_dataset.exits import CommandFailed, ExitCode

Result = TypeVar("Result")

TRIES = 8
"""With waits of 1, 2, 4 and so on up to 60 seconds between them: about two minutes."""
_LONGEST_WAIT = 60.0
_BUSY = frozenset({408, 429, 500, 502, 503, 504})
_HTTP_ERROR = HfHubHTTPError.__bases__[0]
"""What every error of the HTTP library is, whichever one this version of the client stands on."""


def patiently(what: str, call: Callable[[], Result]) -> Result:
    """The result of a call, tried again while the Hub is busy or does not answer.

    Args:
        what: what the call does, for the sentence of an error: "create ORG/NAME".
        call: must do no harm when it is done twice, because an answer may be lost.

    Raises:
        CommandFailed: `FAILURES` when the Hub refuses, `INCOMPLETE` when it stays busy or out of reach, `USAGE` when
            the client is told to stay offline.
    """
    for number in range(TRIES):
        try:
            return call()
        except OfflineModeIsEnabled:
            raise CommandFailed(ExitCode.USAGE, f"cannot {what}: HF_HUB_OFFLINE is set") from None
        except Exception as error:
            trouble = _http_error(error)
            if trouble is None:
                raise
            # The errors of HTTP libraries may quote headers, so none goes into a traceback.
            reason = _sentence(trouble)
            if isinstance(trouble, HfHubHTTPError) and trouble.response.status_code not in _BUSY:
                raise CommandFailed(ExitCode.FAILURES, f"cannot {what}: {reason}") from None
            if number == TRIES - 1:
                raise CommandFailed(
                    ExitCode.INCOMPLETE, f"cannot {what} now: {reason}; run the same command again to go on"
                ) from None
            wait = _wait(trouble, number)
        time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _http_error(error: Exception) -> Exception | None:
    """The error of HTTP that an exception is or was raised from."""
    link: BaseException | None = error
    while link is not None and not isinstance(link, _HTTP_ERROR):
        link = link.__cause__
    return link if isinstance(link, Exception) else None


def _sentence(error: Exception) -> str:
    if isinstance(error, HfHubHTTPError):
        told = f"the Hub answers {error.response.status_code}"
        text = f"{told}, {error.server_message}" if error.server_message else told
    else:
        text = f"{type(error).__name__}: {error}"
    return re.sub(r"hf_\w+", "hf_...", " ".join(text.split()))


def _wait(error: Exception, number: int) -> float:
    """Seconds until the next try: what the Hub asks for, or twice as many as before."""
    if isinstance(error, HfHubHTTPError):
        headers = error.response.headers
        # RateLimit: "api";r=0;t=55
        asked = re.search(r";\s*t=(\d+)", headers.get("RateLimit", "")) or re.fullmatch(
            r"(\d+)", headers.get("Retry-After", "")
        )
        if asked:
            return float(asked[1]) + 1
    return min(2.0**number, _LONGEST_WAIT)
