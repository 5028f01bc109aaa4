"""The wordings of the task `chapters`: how its parts are called, and what is asked about them."""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

WORDINGS = """\
Reel | On screen: | The story runs over {count} reels; a line like {line} opens each.
  In which reel does {name} pass before the lens for the {which} time?
  How would the titles rank {names} by entrance?
Instalment | The subscriber replies: | A weekly ran {count} instalments, headed like {line}.
  A subscriber asks which instalment prints {name} for the {which} time.
  Rank {names} as a subscriber gets to know them.
Notebook | From the notebooks: | A copyist filled {count} notebooks, marked {line} and so on.
  Find the notebook where the copyist wrote {name} for the {which} time.
  The copyist met {names} one by one; list them so.
Cassette | Played back: | The reading fills {count} cassettes, announced like {line}.
  Which cassette would you wind to, to hear {name} for the {which} time?
  A listener hears of {names}; arrange them for the booklet.
Packet | In the packets: | The manuscript came in {count} packets with slips like {line}.
  The editor needs the packet that has {name} for the {which} time.
  Bring {names} into the sequence of their debuts in the manuscript.
Evening | By the fire: | Grandfather told it on {count} evenings, noted here like {line}.
  On which evening was {name} spoken of for the {which} time?
  The children want {names} sorted as he brought them in.
Dossier | The archivist: | In the archive this fills {count} dossiers, with tags like {line}.
  The archivist is after one dossier, where {name} is found for the {which} time.
  Index {names} by where the archivist comes upon each.
Segment | segment data: | # one text, {count} segments, each after a marker like {line}
  # return: the segment with {name} in it for the {which} time
  # return: {names}, sorted by offset of the first match
Panel | On the wall: | On a wall hang {count} panels of this tale, under plates such as {line}.
  Before which panel does a visitor read {name} for the {which} time?
  A visitor goes along the wall; say how {names} come up.
Session | On the record: | The deposition took {count} sessions, minuted like {line}.
  Counsel wants the session in which {name} was named for the {which} time.
  For the record, marshal {names} by when each was first named.
Lesson | The pupil writes: | A schoolbook has the story in {count} lessons, as in {line}.
  The teacher asks in which lesson {name} is read for the {which} time.
  Exercise: set {names} down as the class gets acquainted with them.
Bobbin | Wound up: | The wire recording sits on {count} bobbins, with labels like {line}.
  Fetch the bobbin on which {name} sounds for the {which} time.
  Of {names}, tell how the wire brings up one and then another.
Stage | The guide says: | A guide recites this at {count} stages of a walk, with posts like {line}.
  At which stage does the guide say {name} for the {which} time?
  Walkers learn of {names} on the way; put them accordingly.
Picture | At the exhibition: | A painter made {count} pictures of it, with captions like {line}.
  Under which picture does one see {name} for the {which} time?
  Line up {names} as the captions and texts usher them in.
Quire | Bound: | The binder has {count} quires of the novel, signed like {line}.
  Which quire must be opened where {name} is set for the {which} time?
  Let the binder know how {names} first arise, quire upon quire.
Broadcast | On the air: | Radio gave this as {count} broadcasts, introduced like {line}.
  Name the broadcast in which {name} went out for the {which} time.
  Call the roll of {names} as the air waves carried them.
Shift | In the log: | Sailors shared the book through {count} shifts, ruled off like {line}.
  In whose shift, by its number, was {name} read out for the {which} time?
  The mate logs {names} as they turn up; copy his log.
Portion | At the table: | At meals the book was read in {count} portions called out like {line}.
  Which portion let the table hear {name} for the {which} time?
  The table was told of {names}; recall how they came along.
Round | The umpire: | A reading contest split the text into {count} rounds, rung in like {line}.
  The umpire rules on the round where {name} was read for the {which} time.
  Umpire, line the names {names} up by the earliest moment of each.
Gathering | The circle recalls: | A reading circle had {count} gatherings on it, listed like {line}.
  At what gathering did the circle reach {name} for the {which} time?
  The circle reached {names}, each at its own moment; recount them.
Spool | Transcribed: | The dictation was typed from {count} spools, separated like {line}.
  The typist looks for the spool that says {name} for the {which} time.
  Type out {names} following the dictation.
Bulletin | On the notice board: | The tale went up as {count} bulletins with heads like {line}.
  Look on the board: which bulletin posts {name} for the {which} time?
  Readers at the board discover {names}; give that succession.
Leaflet | Handed out: | This was handed out in {count} leaflets bearing lines like {line}.
  Whoever collects them finds {name} for the {which} time in which leaflet?
  A collector of them finds {names}; file these as they are found.
Movement | In the score: | The libretto has {count} movements, each below a line like {line}.
  The conductor stops at the movement that sings {name} for the {which} time.
  For the playbill, place {names} as the libretto presents them.
"""
"""Our own: a part's noun, the lead and how the text is divided; one place of a name; all names."""

TEMPLATES = tuple(
    Template(statement=noun, lead=lead, question=divided, more=tuple(more))
    for noun, lead, divided, *more in fields_of(WORDINGS, lines=3)
)
