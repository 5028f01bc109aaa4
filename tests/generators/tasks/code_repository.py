"""A repository that a person can read: a press, its settings, and those that use them."""

from schemas.task import Offer
from tests.generators.composed import offer

PRESS = '''===== plant/coils.py =====
import os


class CoilPress(TubeEngine):
    def cut_sheet(self, sheet, times, margin=34, *, mode="serrated"):
        """Cut."""
        return sheet[margin:]

    def warm_up(self):
        return os.getpid()
'''
SETTINGS = """===== conf/values.py =====
# Numbers of the plant.
FEED_RATE = 7741  # per hour
LIMIT = 10


def read_gauge(port, baud, parity, retries=(3, 9)):
    return port
"""
APP = """===== app.py =====
from plant import CoilPress
from conf.values import FEED_RATE, read_gauge

press = CoilPress()
left = press.cut_sheet(paper, 2)
speed = FEED_RATE * hours
value = read_gauge(line, 9600, None)
press.warm_up()
"""
NOTES = """===== NOTES.md =====
# The plant

It runs at night, and stops when the coil is empty.
"""
OTHER = """===== other.py =====
def wait_for_coil(seconds):
    return seconds


def stop():
    return None
"""
FILES = (PRESS, SETTINGS, APP, NOTES, OTHER)
REPOSITORY = "".join(FILES)


def offered(text: str = REPOSITORY, room: int | None = None) -> Offer:
    return offer(text, room=room)
