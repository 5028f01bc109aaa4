"""The words of `updates`: a notice with its number, a question for one state, what is numbered.

Memo {time} to all branches: whoever asks for the {attribute} of {key} is told {value}.
  Which {attribute} of {keys} do the branches tell a caller as of {moment}?
  The branches say: | memo
"""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

WORDINGS = """\
Harbour circular {time}: pilots are to take {value} for the {attribute} of {key}.
  Going by the pilots' papers, which {attribute} does {keys} have as of {moment}?
  The pilots have: | harbour circular
Diary, entry {time}. Rain again; beside the {attribute} of {key} I put {value} before sleeping.
  Which {attribute} has the diarist put down for {keys} as of {moment}?
  In the diary: | diary entry
# rev {time}: {attribute} of {key} is {value}, see the thread
  Which {attribute} do the comments leave in place for {keys} as of {moment}?
  Left in place: | rev
Letter {time} to my aunt: you ask after {key}, and the {attribute} there is {value}.
  Which {attribute} would the aunt believe in for {keys} as of {moment}?
  She would believe: | letter
Parish minute {time}: resolved, that {value} be the {attribute} of {key}.
  Which {attribute} has the parish resolved upon for {keys} as of {moment}?
  Resolved: | parish minute
Gate notice {time}, pasted over the others: {attribute} of {key}, {value}.
  Somebody at the gate wants the {attribute} of {keys}. Which one holds as of {moment}?
  It holds: | gate notice
Signal {time} from the lightship: for {key} log {value} as the {attribute}.
  Which {attribute} must the shore station have logged for {keys} as of {moment}?
  Logged: | signal
Folio {time} of the estate book has {value} in the column for the {attribute} of {key}.
  To the steward, which {attribute} does {keys} have as of {moment}?
  In the column: | folio
Patch note {time}: the default {attribute} of {key} is {value}.
  Which {attribute} does {keys} default to as of {moment}?
  By default: | patch note
"Motion {time}!" called the clerk, and {value} was voted the {attribute} of {key}.
  By the votes of the house, which {attribute} does {keys} have as of {moment}?
  Voted: | motion
Slate {time} by the lamp room shows {value} as the {attribute} of {key}.
  A miner trusts the slates. Which {attribute} of {keys} is right for him as of {moment}?
  Right for him: | slate
Memo {time} to all branches: whoever asks for the {attribute} of {key} is told {value}.
  Which {attribute} of {keys} do the branches tell a caller as of {moment}?
  The branches say: | memo
The almanac, edition {time}, prints {value} as the {attribute} of {key}.
  A reader who has bought every almanac takes which {attribute} for {keys} as of {moment}?
  The reader takes: | edition
// build {time}: {key} reports {value} as its {attribute}
  Which {attribute} does {keys} report as of {moment}?
  Reported: | build
Clay tablet {time}, translated: the scribes hold {value} to be the {attribute} of {key}.
  Which {attribute} do the scribes hold to be that of {keys} as of {moment}?
  They hold: | tablet
In letter {time} she told me, as if it were nothing, that {value} had become the {attribute} of \
{key}, and then she went on about the children.
  What do her letters make the {attribute} of {keys} as of {moment}?
  Her letters say: | letter
When we came to chapter {time} of his story, the old man looked into the fire and said that \
{key} then had {value} for the {attribute}, and that all the world knew it.
  Going by what the old man tells, which {attribute} has {keys} as of {moment}?
  He tells of: | chapter
The captain wrote on page {time} of the book that he had been told to make {value} the \
{attribute} of {key}, and that he could not help it.
  Which {attribute} has the captain been told to give {keys} as of {moment}?
  The captain wrote: | page
By order {time} of the king it was made known to every man in the town that {key} should from \
that day have {value} as the {attribute}.
  By the king's word, which {attribute} should {keys} have as of {moment}?
  By his word: | order
On evening {time} of their talks he said to her that the {attribute} of {key} was now {value}, \
and she answered that she had thought as much.
  Which {attribute} of {keys} does she know from him as of {moment}?
  From him: | evening
There was a great noise in the street when paper {time} came out, for it said that {value} \
would be the {attribute} of {key} and that there was no help for it.
  The street believes the papers. Which {attribute} does it give {keys} as of {moment}?
  The street says: | paper
At meeting {time} of the club they could not be brought to speak of anything but {key}, and \
before they went home it had been given {value} as the {attribute}.
  Which {attribute} has the club given {keys} as of {moment}?
  Given: | meeting
"""
"""Our own: a statement, a question for one value, then its lead and what the numbers number."""

TEMPLATES = tuple(
    Template(statement=statement, question=question, lead=lead, more=(unit,))
    for statement, question, lead, unit in fields_of(WORDINGS, lines=3)
)
