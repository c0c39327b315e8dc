"""A deadline ends what takes too long, and nothing else."""

import asyncio

import pytest

from providers.deadline import Deadline


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


def cancellations() -> int:
    task = asyncio.current_task()
    assert task is not None
    return task.cancelling()


@pytest.mark.parametrize("limit_s", [0.01, 0.0, -1.0])
async def test_what_takes_too_long_is_timed_out_and_the_task_lives_on(limit_s: float) -> None:
    with pytest.raises(TimeoutError) as caught, Deadline(limit_s) as limit:
        await forever()

    assert limit.expired
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    assert cancellations() == 0
    await asyncio.sleep(0)


class Skipping(asyncio.SelectorEventLoop):
    """A loop whose time can be made to pass at once."""

    skipped_s = 0.0

    def time(self) -> float:
        return super().time() + self.skipped_s


def test_what_is_done_in_time_is_not_disturbed_later() -> None:
    loop = Skipping()

    async def done_in_time() -> tuple[bool, int]:
        with Deadline(60) as limit:
            await asyncio.sleep(0)
        loop.skipped_s = 120.0
        for _ in range(3):
            await asyncio.sleep(0)
        return limit.expired, cancellations()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        assert runner.run(done_in_time()) == (False, 0)


async def test_it_says_when_it_is_over_by_the_time_of_the_loop() -> None:
    loop = asyncio.get_running_loop()
    before_s = loop.time()

    with Deadline(5.0) as limit:
        assert before_s + 5.0 <= limit.at_s <= loop.time() + 5.0


async def test_an_error_inside_stays_what_it_is() -> None:
    with pytest.raises(KeyError), Deadline(5.0):
        raise KeyError("key")


async def test_of_two_deadlines_the_one_that_passed_is_told() -> None:
    with Deadline(5.0) as outer:
        with pytest.raises(TimeoutError), Deadline(0.005) as inner:
            await forever()
        await asyncio.sleep(0)

    assert (outer.expired, inner.expired) == (False, True)


async def test_a_cancellation_by_somebody_else_goes_through() -> None:
    async def bounded(limit_s: float) -> None:
        with Deadline(limit_s):
            await forever()

    for limit_s in (5.0, 0.0):
        task = asyncio.ensure_future(bounded(limit_s))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_it_needs_a_task_that_can_be_stopped() -> None:
    outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def outside() -> None:
        try:
            with Deadline(1.0):
                outcome.set_result("let in")
        except RuntimeError as error:
            outcome.set_result(str(error))

    asyncio.get_running_loop().call_soon(outside)

    assert "task" in await outcome
