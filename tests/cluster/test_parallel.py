import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from framesift.cluster.parallel import SingleFlight, Workers, map_ordered


def invert(number: int) -> float:
    return 1 / number


def test_keeps_the_order_whatever_finishes_first():
    turn = [threading.Event() for _ in range(4)]
    turn[3].set()

    def wait_for_the_next(number: int) -> int:
        turn[number].wait(10)
        if number:
            turn[number - 1].set()
        return number

    with ThreadPoolExecutor(4) as pool:
        assert list(map_ordered(pool, wait_for_the_next, range(4), window=4)) == [0, 1, 2, 3]


def test_never_draws_more_than_the_window():
    drawn = 0

    def items():
        nonlocal drawn
        while drawn < 100:
            drawn += 1
            yield drawn

    with ThreadPoolExecutor(2) as pool:
        for taken, _ in enumerate(map_ordered(pool, invert, items(), window=5), start=1):
            assert drawn < taken + 5


@pytest.mark.parametrize("window", [1, 3, 100])
def test_an_error_is_raised_in_its_place(window):
    with ThreadPoolExecutor(2) as pool:
        results = map_ordered(pool, invert, [1, 2, 0, 4], window)
        assert [next(results), next(results)] == [1, 0.5]
        with pytest.raises(ZeroDivisionError):
            next(results)


def test_stopping_cancels_what_has_not_begun():
    started = []
    gate = threading.Event()

    def work(number: int) -> int:
        started.append(number)
        if number:
            gate.wait(10)
        return number

    with ThreadPoolExecutor(1) as pool:
        results = map_ordered(pool, work, range(100), window=50)
        assert next(results) == 0
        results.close()
        gate.set()
    assert len(started) <= 3


def test_any_executor():
    with ProcessPoolExecutor(1) as pool:
        assert list(map_ordered(pool, invert, [1, 2, 4], window=2)) == [1, 0.5, 0.25]


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_whoever_maps_works_too(jobs):
    together, gate = set(), threading.Barrier(jobs)

    def work(number: int) -> int:
        gate.wait(10)  # as many at once as there are jobs
        together.add(threading.get_ident())
        return number

    with Workers(jobs) as workers:
        assert list(map_ordered(workers, work, range(6 * jobs), window=2 * jobs + 2)) == list(range(6 * jobs))
    assert len(together) == jobs and threading.get_ident() in together


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("window", [1, 3, 100])
def test_the_order_and_the_errors_are_those_of_one_thread(jobs, window):
    with Workers(jobs) as workers:
        results = map_ordered(workers, invert, [1, 2, 0, 4], window)
        assert [next(results), next(results)] == [1, 0.5]
        with pytest.raises(ZeroDivisionError):
            next(results)


def test_a_signal_ends_what_the_caller_itself_does():
    def work(number: int) -> int:
        raise KeyboardInterrupt

    with Workers(1) as workers, pytest.raises(KeyboardInterrupt):
        next(map_ordered(workers, work, [1, 2], window=4))


def test_what_two_threads_ask_for_at_once_is_found_once():
    flight, begun, asked, found = SingleFlight[int](), threading.Event(), threading.Event(), []

    class Calls(dict):
        def get(self, key):
            call = super().get(key)
            if call is not None:
                asked.set()
            return call

    def find() -> int:
        found.append("first")
        begun.set()
        assert asked.wait(10)
        return 1

    flight._calls = Calls()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(flight.call, "frame", find)
        assert begun.wait(10)
        second = pool.submit(flight.call, "frame", lambda: 2)
        assert first.result(10) == second.result(10) == 1
    assert found == ["first"] and flight.call("frame", lambda: 3) == 3


def test_an_error_is_raised_to_who_asks_and_is_not_remembered():
    flight = SingleFlight[float]()
    with pytest.raises(ZeroDivisionError):
        flight.call("frame", lambda: invert(0))
    assert flight.call("frame", lambda: invert(2)) == 0.5
