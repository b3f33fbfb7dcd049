"""Steps that one thread carries out in order while the caller prepares the next ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType


class Behind:
    """A second thread, to be used in a `with`, whose end waits for all steps.

    The first step that fails ends the work: what it raised is raised by the next call here, and later steps are not begun.
    So it is with an exception of the caller: a step that is under way is finished, those that wait are left out.
    """

    def __init__(self, ahead: int) -> None:
        """`ahead`: steps that may wait or run. What each holds stays in memory until it is done."""
        self._ahead = ahead
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="behind")
        self._under_way: deque[Future[None]] = deque()

    def do(self, step: Callable[[], None]) -> None:
        """Waits until fewer than `ahead` steps are left, then returns while this one waits for its turn."""
        while len(self._under_way) >= self._ahead:
            self._under_way.popleft().result()
        self._under_way.append(self._thread.submit(step))

    def __enter__(self) -> Behind:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            while self._under_way and error is None:
                self._under_way.popleft().result()
        finally:
            self._thread.shutdown(wait=True, cancel_futures=True)
