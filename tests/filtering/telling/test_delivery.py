"""Notices are delivered in order by one thread; whoever adds them never waits."""

import signal
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framesift.filtering.telling import Delivery, Notice, Undelivered


class Collector:
    """Notes what it is told, once its gate is open, and refuses what it is to refuse."""

    name = "collector"

    def __init__(self, refuse=lambda subject: False):
        self.told, self.refuse, self.gate, self.begun = [], refuse, threading.Event(), threading.Event()
        self.gate.set()

    def deliver(self, notice, closing):
        self.begun.set()
        self.gate.wait()
        if self.refuse(notice.subject):
            raise Undelivered("no")
        self.told.append(notice.subject)

    def stop(self):
        self.gate.set()


def notice(name):
    return Notice("keep", {"frame": str(name)})


@given(st.lists(st.booleans(), max_size=30))
def test_all_are_delivered_in_order_but_those_that_fail(good):
    said, receiver = [], Collector(lambda subject: not good[int(subject)])
    delivery = Delivery(receiver, said.append)
    for number in range(len(good)):
        delivery.add(notice(number))
    delivery.close(None)
    assert receiver.told == [str(number) for number, is_good in enumerate(good) if is_good]
    failed = good.count(False)
    assert (delivery.delivered, delivery.failed, delivery.refused) == (good.count(True), failed, 0)
    first = [f"collector: {good.index(False)}: no"] if failed else []
    last = [f"collector: {failed} of {len(good)} notice{'s' * (len(good) != 1)} could not be delivered"]
    assert said == first + last * bool(failed)


def test_whoever_adds_never_waits_and_what_finds_no_room_is_said_once_and_counted():
    said, receiver = [], Collector()
    receiver.gate.clear()
    delivery = Delivery(receiver, said.append, room=3)
    delivery.add(notice(0))
    assert receiver.begun.wait(60)
    for number in range(1, 7):
        delivery.add(notice(number))
    assert said == ["collector: 3 wait to be told: no more until some are"]
    receiver.gate.set()
    delivery.close(None)
    assert receiver.told == ["0", "1", "2", "3"]
    assert said[1:] == ["collector: 3 of 7 notices could not be delivered"]


def test_an_interrupted_run_does_not_wait_for_what_hangs():
    said, receiver = [], Collector()
    receiver.gate.clear()
    delivery = Delivery(receiver, said.append)
    for number in range(3):
        delivery.add(notice(number))
    assert receiver.begun.wait(60)
    delivery.close(0.01)
    assert receiver.told == ["0"]
    assert said == ["collector: 2 of 3 notices could not be delivered"]


def test_what_fails_again_is_said_once_an_hour_with_its_number():
    now = [0.0]
    said, receiver = [], Collector(lambda _: True)
    delivery = Delivery(receiver, said.append, clock=lambda: now[0])
    for number in range(3):
        delivery.add(notice(number))
    while delivery.failed < 3:
        pass
    now[0] = 3600.0
    delivery.add(notice(3))
    delivery.close(None)
    assert said == [
        "collector: 0: no",
        "collector: 3: no; 2 more before it",
        "collector: 4 of 4 notices could not be delivered",
    ]


def test_a_fault_of_a_receiver_ends_no_delivery():
    said, told = [], []

    class Faulty(Collector):
        def deliver(self, notice, closing):
            if notice.subject == "0":
                raise RuntimeError("secret")
            told.append(notice.subject)

    delivery = Delivery(Faulty(), said.append)
    delivery.add(notice(0))
    delivery.add(notice(1))
    delivery.close(None)
    assert told == ["1"]
    assert said[0] == "collector: 0: RuntimeError"


def test_what_ctrl_c_ends_is_counted_as_not_delivered():
    """A `join` that Ctrl-C interrupts takes a running thread for one that has ended."""

    class Interrupting(Collector):
        def deliver(self, notice, closing):
            while not closing():
                time.sleep(0.01)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            self.gate.wait()
            time.sleep(0.05)
            raise Undelivered("ended")

    said, receiver = [], Interrupting()
    receiver.gate.clear()
    delivery = Delivery(receiver, said.append)
    for number in range(2):
        delivery.add(notice(number))
    with pytest.raises(KeyboardInterrupt):
        delivery.close(None)
    assert said == ["collector: 2 of 2 notices could not be delivered"]
